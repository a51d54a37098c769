import { createHash, type KeyObject, type X509Certificate } from 'node:crypto'
import { readElements, type Element } from './der.ts'
import { oids } from './oids.ts'

const version3 = 2
const mostExtensions = 40
const fewestFields = 8

/** What a certificate says of itself, read from its own bytes. */
export interface CertificateFacts {
  /** Content of the INTEGER, big-endian. */
  readonly serial: Buffer
  /** What it was signed with: dotted. */
  readonly algorithm: string
  /** Contents of the names, as they stand there. */
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly extensions: ReadonlyMap<string, Extension>
  /** BasicConstraints, where it is there. */
  readonly constraints: { readonly authority: boolean; readonly pathLength: number | undefined } | undefined
  /** Bits of KeyUsage as `keyUsageBits` names them; undefined where it is not there. */
  readonly usage: number | undefined
  /** ExtendedKeyUsage, dotted, where it is there. */
  readonly purposes: readonly string[] | undefined
  /** Alternative names: the number of their kind (6 is a URI, RFC 5280, 4.2.1.6), and their bytes. */
  readonly names: readonly { readonly kind: number; readonly bytes: Buffer }[]
  readonly subjectKey: Buffer | undefined
  /** AuthorityKeyIdentifier; `only` says that it holds the key's identifier and nothing else. */
  readonly authorityKey: { readonly id: Buffer | undefined; readonly only: boolean } | undefined
}

interface Extension {
  readonly critical: boolean
  readonly value: Buffer
}

/** Reads a certificate; undefined where it is not version 3, not DER as RFC 5280 has it, or has an extension twice. */
export function readFacts(certificate: X509Certificate): CertificateFacts | undefined {
  const body = readBody(certificate)
  const extensions = body && readExtensions(body.fields)
  const told = extensions && readTold(extensions)
  if (told === undefined) return undefined
  const { serial, algorithm, issuer, subject } = body as Body
  return {
    serial,
    algorithm,
    issuer,
    subject,
    extensions: extensions as ReadonlyMap<string, Extension>,
    ...told,
  }
}

interface Body extends Pick<CertificateFacts, 'serial' | 'algorithm' | 'issuer' | 'subject'> {
  readonly fields: readonly Element[]
}

/** Version, serial number, algorithm, issuer, validity, subject, key, extensions (RFC 5280, 4.1). */
function readBody({ raw }: X509Certificate): Body | undefined {
  const [body, outerAlgorithm] = inside(raw) ?? []
  const fields = body && readElements(body.content)
  if (fields === undefined || fields.length < fewestFields) return undefined
  const [version, serial, algorithm, issuer, , subject] = fields as [
    Element,
    Element,
    Element,
    Element,
    Element,
    Element,
  ]
  const sameAlgorithm = outerAlgorithm?.content.equals(algorithm.content) === true
  if (!isVersion3(version) || !sameAlgorithm || serial.tag !== 0x02) return undefined
  return {
    fields,
    serial: serial.content,
    algorithm: dotted(readElements(algorithm.content)?.[0]?.content ?? Buffer.alloc(0)),
    issuer: issuer.content,
    subject: subject.content,
  }
}

function isVersion3({ tag, content }: Element): boolean {
  return tag === 0xa0 && readElements(content)?.[0]?.content[0] === version3
}

/** The content of the subject's name. */
export function subjectBytes(certificate: X509Certificate): Buffer {
  const [body] = inside(certificate.raw) ?? []
  const subject = body && readElements(body.content)?.[5]
  if (subject === undefined) throw new Error('the issuer has no subject')
  return subject.content
}

/** SHA-1 over the key's bits, only as a name (RFC 5280, 4.2.1.2, method 1). */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  const bits = inside(publicKey.export({ type: 'spki', format: 'der' }))?.[1]
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest()
}

type Told = Omit<CertificateFacts, 'serial' | 'algorithm' | 'issuer' | 'subject' | 'extensions'>

/** What the extensions say; undefined where one of them is malformed. */
function readTold(extensions: ReadonlyMap<string, Extension>): Told | undefined {
  try {
    return readAll(extensions)
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined
    throw thrown
  }
}

function readAll(extensions: ReadonlyMap<string, Extension>): Told {
  const value = (oid: string) => extensions.get(oid)?.value
  const constraints = read(value(oids.basicConstraints), readConstraints)
  const usage = read(value(oids.keyUsage), readUsage)
  const purposes = read(value(oids.extendedKeyUsage), readPurposes)
  const names = read(value(oids.subjectAltName), readNames)
  const subjectKey = read(value(oids.subjectKeyIdentifier), readOctets)
  const authorityKey = read(value(oids.authorityKeyIdentifier), readAuthorityKey)
  return { constraints, usage, purposes, names: names ?? [], subjectKey, authorityKey }
}

/** Told apart from what is not there at all. */
class Malformed extends Error {}

function read<T>(value: Buffer | undefined, as: (value: Buffer) => T | undefined): T | undefined {
  if (value === undefined) return undefined
  const told = as(value)
  if (told === undefined) throw new Malformed('an extension is malformed')
  return told
}

function readConstraints(value: Buffer): Told['constraints'] {
  const parts = inside(value)
  if (parts === undefined || parts.length > 2) return undefined
  const [first, second] = parts
  if (first === undefined) return { authority: false, pathLength: undefined }
  // DER leaves out what is the default: a `cA` that is there is true (X.690, 11.5).
  if (first.tag !== 0x01 || first.content.length !== 1 || first.content[0] !== 0xff) return undefined
  if (second === undefined) return { authority: true, pathLength: undefined }
  const [length] = second.content
  if (second.tag !== 0x02 || second.content.length !== 1 || length === undefined || length > 0x7f)
    return undefined
  return { authority: true, pathLength: length }
}

function readUsage(value: Buffer): number | undefined {
  const [bits, ...more] = readElements(value) ?? []
  if (bits === undefined || bits.tag !== 0x03 || more.length > 0) return undefined
  return bits.content.length < 2 ? undefined : bits.content[1]
}

function readPurposes(value: Buffer): readonly string[] | undefined {
  const parts = inside(value)
  if (parts === undefined || parts.length === 0 || parts.some(({ tag }) => tag !== 0x06)) return undefined
  return parts.map(({ content }) => dotted(content))
}

function readNames(value: Buffer): Told['names'] | undefined {
  const parts = inside(value)
  if (parts === undefined || parts.length === 0) return undefined
  return parts.map(({ tag, content }) => ({ kind: tag & 0x1f, bytes: content }))
}

function readOctets(value: Buffer): Buffer | undefined {
  const [octets, ...more] = readElements(value) ?? []
  return octets?.tag === 0x04 && octets.content.length > 0 && more.length === 0 ? octets.content : undefined
}

function readAuthorityKey(value: Buffer): Told['authorityKey'] {
  const parts = inside(value)
  if (parts === undefined) return undefined
  const id = parts.find(({ tag }) => tag === 0x80)?.content
  return { id, only: id !== undefined && parts.length === 1 }
}

function readExtensions(fields: readonly Element[]): Map<string, Extension> | undefined {
  const wrapper = fields.find(({ tag }) => tag === 0xa3)
  const list = wrapper && inside(wrapper.content)
  if (list === undefined || list.length > mostExtensions) return undefined
  const found = new Map<string, Extension>()
  for (const { content } of list) {
    const extension = readExtension(content)
    if (extension === undefined || found.has(extension.oid)) return undefined
    found.set(extension.oid, extension)
  }
  return found
}

function readExtension(content: Buffer): (Extension & { readonly oid: string }) | undefined {
  const [identifier, ...rest] = readElements(content) ?? []
  const value = rest.at(-1)
  if (identifier?.tag !== 0x06 || value?.tag !== 0x04 || rest.length > 2) return undefined
  const critical = rest.length === 2 && rest[0]?.content[0] === 0xff
  return { oid: dotted(identifier.content), critical, value: value.content }
}

/** The elements of the one element that the bytes are. */
function inside(bytes: Buffer): readonly Element[] | undefined {
  const elements = readElements(bytes)
  const [only] = elements ?? []
  return only === undefined || elements?.length !== 1 ? undefined : readElements(only.content)
}

function dotted(bytes: Buffer): string {
  const values: number[] = []
  let value = 0
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f)
    if ((byte & 0x80) !== 0) continue
    values.push(value)
    value = 0
  }
  const [first = 0, ...rest] = values
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}
