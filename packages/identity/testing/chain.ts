// Certificates of any shape, for tests that attack what verifies them.
import { createPublicKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { keyIdentifier } from '../certificate-facts.ts'
import {
  bitString,
  boolean,
  context,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from '../der.ts'
import { oids } from '../oids.ts'

export const now = Date.UTC(2026, 5, 1, 12)
const hour = 3_600_000

export interface Made {
  readonly certificate: X509Certificate
  readonly key: KeyObject
}

/** An extension: its identifier, its value (DER), and whether it is critical. */
interface TestExtension {
  readonly oid: string
  readonly value: Buffer
  readonly critical: boolean
}

/** How a certificate is to differ from a good one. */
export interface Shape {
  readonly subject?: string
  /** The issuer's name as it stands there, where it is to be another than the issuer's. */
  readonly issuer?: string
  readonly begin?: number
  readonly end?: number
  readonly serial?: Buffer
  readonly version?: 1 | 3
  /** Changes the extensions of a good one: null removes. */
  readonly extensions?: Readonly<Record<string, TestExtension | null>>
  /** Appended as they are, also where one is there already. */
  readonly more?: readonly TestExtension[]
  readonly key?: KeyObject
  readonly innerAlgorithm?: string
}

export type Kind = 'root' | 'issuing' | 'leaf'

export const uris = (...names: readonly string[]): Buffer =>
  sequence(...names.map((name) => context(6, Buffer.from(name, 'latin1'), { constructed: false })))

const plain = {
  begin: now - hour,
  end: now + hour,
  version: 3,
  innerAlgorithm: oids.ecdsaWithSha256,
} as const

/** A certificate that differs from a good one by the shape alone. */
export function make(kind: Kind, issuer: Made | undefined, shape: Shape = {}): Made {
  const {
    key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    subject = kind,
    ...rest
  } = { ...plain, ...shape }
  const signer = issuer?.key ?? key
  const body = bodyOf(kind, { ...rest, key, subject, issuer: issuerOf(shape, issuer, subject) }, signer)
  const signature = sign('sha256', body, { key: signer, dsaEncoding: 'der' })
  const algorithm = sequence(objectIdentifier(oids.ecdsaWithSha256))
  return { certificate: new X509Certificate(sequence(body, algorithm, bitString(signature))), key }
}

function issuerOf(shape: Shape, issuer: Made | undefined, subject: string): string {
  return shape.issuer ?? issuer?.certificate.subject.replace('CN=', '') ?? subject
}

type Whole = Shape & Required<Pick<Shape, 'key' | 'subject' | 'issuer' | keyof typeof plain>>

function bodyOf(kind: Kind, shape: Whole, signer: KeyObject): Buffer {
  const { key, subject, issuer, version, begin, end, innerAlgorithm, serial } = shape
  const publicKey = createPublicKey(key)
  const good = goodExtensions(kind, { publicKey, issuerKey: createPublicKey(signer) })
  const changed = Object.values({ ...good, ...shape.extensions }).filter((one) => one !== null)
  const extensions = sequence(...[...changed, ...(shape.more ?? [])].map(extension))
  return sequence(
    ...(version === 1 ? [] : [context(0, integer(Buffer.from([2])), { constructed: true })]),
    serial ?? integer(Buffer.from([0x41, 7, kind.length])),
    sequence(objectIdentifier(innerAlgorithm)),
    nameOf(issuer),
    sequence(time(begin), time(end)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(version === 1 ? [] : [context(3, extensions, { constructed: true })]),
  )
}

/** Identifiers of what every good certificate has, by a short name. */
export const bits = (value: number): Buffer => bitString(Buffer.from([value]))

function goodExtensions(
  kind: Kind,
  { publicKey, issuerKey }: { readonly publicKey: KeyObject; readonly issuerKey: KeyObject },
): Record<string, TestExtension> {
  const authority = kind !== 'leaf'
  const constraints = authority
    ? sequence(boolean(true), integer(Buffer.from([kind === 'root' ? 1 : 0])))
    : sequence()
  const name = authority ? 'spiffe://shop.internal' : 'spiffe://shop.internal/service/orders'
  return {
    constraints: { oid: oids.basicConstraints, value: constraints, critical: true },
    usage: { oid: oids.keyUsage, value: bits(authority ? 0x06 : 0x80), critical: true },
    ...(!authority && {
      purposes: {
        oid: oids.extendedKeyUsage,
        value: sequence(objectIdentifier(oids.serverAuth), objectIdentifier(oids.clientAuth)),
        critical: false,
      },
    }),
    names: { oid: oids.subjectAltName, value: uris(name), critical: false },
    subjectKey: {
      oid: oids.subjectKeyIdentifier,
      value: octetString(keyIdentifier(publicKey)),
      critical: false,
    },
    authorityKey: {
      oid: oids.authorityKeyIdentifier,
      value: sequence(context(0, keyIdentifier(issuerKey), { constructed: false })),
      critical: false,
    },
  }
}

function nameOf(text: string): Buffer {
  return text === ''
    ? sequence()
    : sequence(set(sequence(objectIdentifier(oids.commonName), utf8String(text))))
}

function extension({ oid, value, critical }: TestExtension): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))
}
