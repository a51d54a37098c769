import { createHash, createPublicKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import {
  bitString,
  boolean,
  context,
  integer,
  objectIdentifier,
  octetString,
  readElements,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'

const oids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

/** Bits of KeyUsage (RFC 5280, 4.2.1.3), as the first byte has them. */
const keyUsageBits = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 } as const

/** What a certificate is for. */
export type Profile =
  | { readonly kind: 'authority'; readonly commonName: string }
  /** X509-SVID: the SPIFFE ID is the one URI among the alternative names. */
  | { readonly kind: 'workload'; readonly uris: readonly string[] }
  /** A server that anybody may connect to, by DNS name or address. */
  | { readonly kind: 'server'; readonly names: readonly string[] }

export interface CertificateRequest {
  readonly profile: Profile
  readonly publicKey: KeyObject
  readonly notBefore: number
  readonly notAfter: number
}

/** Who signs. */
export interface Issuer {
  readonly privateKey: KeyObject
  /** Absent where the certificate signs itself. */
  readonly certificate?: X509Certificate | undefined
}

/** A certificate (RFC 5280, version 3) as PEM, signed with ECDSA over P-256 and SHA-256. */
export function writeCertificate(request: CertificateRequest, issuer: Issuer): string {
  const algorithm = sequence(objectIdentifier(oids.ecdsaWithSha256))
  const subject = subjectOf(request.profile)
  const body = sequence(
    context(0, integer(Buffer.from([2])), { constructed: true }),
    serialNumber(),
    algorithm,
    issuer.certificate === undefined ? subject : subjectBytes(issuer.certificate),
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    request.publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions(request, issuer)), { constructed: true }),
  )
  const signature = sign('sha256', body, { key: issuer.privateKey, dsaEncoding: 'der' })
  const der = sequence(body, algorithm, bitString(signature))
  return new X509Certificate(der).toString()
}

/** 127 random bits: positive, and never guessed (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return integer(bytes)
}

function subjectOf(profile: Profile): Buffer {
  const [type, value] =
    profile.kind === 'authority'
      ? [oids.commonName, profile.commonName]
      : [oids.organization, profile.kind === 'workload' ? 'Plimsoll workload' : 'Plimsoll gateway']
  return sequence(set(sequence(objectIdentifier(type), utf8String(value))))
}

function subjectBytes(certificate: X509Certificate): Buffer {
  const subject = bodyFields(certificate)[5]
  if (subject === undefined) throw new Error('the issuer has no subject')
  return sequence(subject.content)
}

/** Fields of the signed part: version, serial, algorithm, issuer, validity, subject, key, extensions. */
function bodyFields(certificate: X509Certificate) {
  const [outer] = readElements(certificate.raw) ?? []
  const [body] = (outer && readElements(outer.content)) ?? []
  return (body && readElements(body.content)) ?? []
}

function extensions({ profile, publicKey }: CertificateRequest, issuer: Issuer): Buffer[] {
  const authority = profile.kind === 'authority'
  const usage = authority ? keyUsageBits.keyCertSign | keyUsageBits.cRLSign : keyUsageBits.digitalSignature
  const issuerKey = issuer.certificate?.publicKey ?? createPublicKey(issuer.privateKey)
  return [
    extension(oids.basicConstraints, basicConstraints(authority), { critical: true }),
    extension(oids.keyUsage, bitString(Buffer.from([usage]), authority ? 1 : 7), { critical: true }),
    extension(oids.subjectKeyIdentifier, octetString(keyIdentifier(publicKey)), { critical: false }),
    extension(
      oids.authorityKeyIdentifier,
      sequence(context(0, keyIdentifier(issuerKey), { constructed: false })),
      { critical: false },
    ),
    ...leafExtensions(profile),
  ]
}

/** An authority signs workloads itself: no further authority below it. */
function basicConstraints(authority: boolean): Buffer {
  return authority ? sequence(boolean(true), integer(Buffer.from([0]))) : sequence()
}

function leafExtensions(profile: Profile): Buffer[] {
  if (profile.kind === 'authority') return []
  const purposes = profile.kind === 'workload' ? [oids.serverAuth, oids.clientAuth] : [oids.serverAuth]
  const names = profile.kind === 'workload' ? profile.uris.map(uriName) : profile.names.map(hostName)
  return [
    extension(oids.extendedKeyUsage, sequence(...purposes.map(objectIdentifier)), { critical: false }),
    extension(oids.subjectAltName, sequence(...names), { critical: false }),
  ]
}

function uriName(uri: string): Buffer {
  return context(6, Buffer.from(uri, 'ascii'), { constructed: false })
}

function hostName(name: string): Buffer {
  return isIP(name) === 0
    ? context(2, Buffer.from(name, 'ascii'), { constructed: false })
    : context(7, addressBytes(name), { constructed: false })
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number))
  const [left = '', right = ''] = address.split('::')
  const words = (text: string) =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16))
  const before = words(left)
  const after = words(right)
  const gap = address.includes('::') ? Array<number>(8 - before.length - after.length).fill(0) : []
  return Buffer.from([...before, ...gap, ...after].flatMap((word) => [word >> 8, word & 0xff]))
}

function extension(oid: string, value: Buffer, { critical }: { critical: boolean }): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** SHA-1 over the key's bits, only as a name (RFC 5280, 4.2.1.2, method 1). */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const [outer] = readElements(publicKey.export({ type: 'spki', format: 'der' })) ?? []
  const bits = ((outer && readElements(outer.content)) ?? [])[1]
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest()
}

/** What a certificate says that it may be used for, read from its own bytes. */
export interface CertificateFacts {
  readonly authority: boolean
  readonly digitalSignature: boolean
  readonly certificateSigning: boolean
  /** Alternative names: the number of their kind (6 is a URI, RFC 5280, 4.2.1.6), and their bytes. */
  readonly names: readonly { readonly kind: number; readonly bytes: Buffer }[]
}

/** Reads a certificate's extensions; undefined where they are not as DER has them, or stand twice. */
export function readFacts(certificate: X509Certificate): CertificateFacts | undefined {
  const found = readExtensions(certificate)
  if (found === undefined) return undefined
  const constraints = elementsIn(found.get(oids.basicConstraints))
  const usage = elementsIn(found.get(oids.keyUsage), { unwrap: false })?.[0]?.content[1] ?? 0
  const names = elementsIn(found.get(oids.subjectAltName)) ?? []
  return {
    authority: constraints?.[0]?.tag === 0x01 && constraints[0].content[0] !== 0,
    digitalSignature: (usage & keyUsageBits.digitalSignature) !== 0,
    certificateSigning: (usage & (keyUsageBits.keyCertSign | keyUsageBits.cRLSign)) !== 0,
    names: names.map(({ tag, content }) => ({ kind: tag & 0x1f, bytes: content })),
  }
}

function readExtensions(certificate: X509Certificate): Map<string, Buffer> | undefined {
  const wrapper = bodyFields(certificate).find(({ tag }) => tag === 0xa3)
  const list = elementsIn(wrapper?.content)
  if (list === undefined) return undefined
  const found = new Map<string, Buffer>()
  for (const { content } of list) {
    const parts = readElements(content)
    const [identifier] = parts ?? []
    const value = parts?.at(-1)
    if (identifier === undefined || value?.tag !== 0x04) return undefined
    const oid = dotted(identifier.content)
    if (found.has(oid)) return undefined
    found.set(oid, value.content)
  }
  return found
}

/** The elements of the one element that the bytes are, or the bytes' own elements. */
function elementsIn(bytes: Buffer | undefined, { unwrap } = { unwrap: true }) {
  if (bytes === undefined) return undefined
  const elements = readElements(bytes)
  if (!unwrap || elements === undefined) return elements
  return elements.length === 1 && elements[0] !== undefined ? readElements(elements[0].content) : undefined
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
