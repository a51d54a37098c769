import { createPublicKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import { keyIdentifier, subjectBytes } from './certificate-facts.ts'
import {
  bitString,
  boolean,
  context,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'
import { keyUsageBits, oids } from './oids.ts'

/** What a certificate is for. */
export type Profile =
  /** An authority that signs others: the root (itself), or what issues for it. Itself an SVID (X509-SVID, 3.2): its name has no path. */
  | {
      readonly kind: 'root' | 'issuing'
      readonly commonName: string
      /** `spiffe://<trust domain>` */
      readonly uri: string
    }
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

/** A certificate (RFC 5280, version 3) as PEM, signed with ECDSA, or with RSA where the issuer's key is one. */
export function writeCertificate(request: CertificateRequest, issuer: Issuer): string {
  const { algorithm, hash } = algorithmOf(issuer.privateKey)
  const subject = subjectOf(request.profile)
  const body = sequence(
    context(0, integer(Buffer.from([2])), { constructed: true }),
    serialNumber(),
    algorithm,
    issuer.certificate === undefined ? subject : sequence(subjectBytes(issuer.certificate)),
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    request.publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions(request, issuer)), { constructed: true }),
  )
  const signature = sign(hash, body, { key: issuer.privateKey, dsaEncoding: 'der' })
  const der = sequence(body, algorithm, bitString(signature))
  return new X509Certificate(der).toString()
}

/** 127 random bits: positive, and never guessed (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return integer(bytes)
}

/** Whose hash is as strong as its key. RSA signatures are PKCS #1, version 1.5 (RFC 4055, section 5): every verifier knows them. */
function algorithmOf(key: KeyObject): { readonly algorithm: Buffer; readonly hash: string } {
  const algorithm = (oid: string, ...parameters: readonly Buffer[]) =>
    sequence(objectIdentifier(oid), ...parameters)
  if (key.asymmetricKeyType === 'rsa')
    return { algorithm: algorithm(oids.sha256WithRsa, nothing()), hash: 'sha256' }
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
    ? { algorithm: algorithm(oids.ecdsaWithSha384), hash: 'sha384' }
    : { algorithm: algorithm(oids.ecdsaWithSha256), hash: 'sha256' }
}

function subjectOf(profile: Profile): Buffer {
  const [type, value] =
    'commonName' in profile
      ? [oids.commonName, profile.commonName]
      : [oids.organization, profile.kind === 'workload' ? 'Plimsoll workload' : 'Plimsoll gateway']
  return sequence(set(sequence(objectIdentifier(type), utf8String(value))))
}

function extensions({ profile, publicKey }: CertificateRequest, issuer: Issuer): Buffer[] {
  const authority = 'commonName' in profile
  const usage = authority ? keyUsageBits.keyCertSign | keyUsageBits.cRLSign : keyUsageBits.digitalSignature
  const issuerKey = issuer.certificate?.publicKey ?? createPublicKey(issuer.privateKey)
  return [
    extension(oids.basicConstraints, basicConstraints(profile), { critical: true }),
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

/** The root signs one level of authorities, those sign leaves, and nobody signs anything below them. */
function basicConstraints({ kind }: Profile): Buffer {
  if (kind === 'workload' || kind === 'server') return sequence()
  return sequence(boolean(true), integer(Buffer.from([kind === 'root' ? 1 : 0])))
}

function leafExtensions(profile: Profile): Buffer[] {
  const names = extension(oids.subjectAltName, sequence(...namesOf(profile)), { critical: false })
  if ('commonName' in profile) return [names]
  const purposes = profile.kind === 'workload' ? [oids.serverAuth, oids.clientAuth] : [oids.serverAuth]
  return [
    extension(oids.extendedKeyUsage, sequence(...purposes.map(objectIdentifier)), { critical: false }),
    names,
  ]
}

function namesOf(profile: Profile): readonly Buffer[] {
  if (profile.kind === 'server') return profile.names.map(hostName)
  return (profile.kind === 'workload' ? profile.uris : [profile.uri]).map(uriName)
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
