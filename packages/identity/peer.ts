import { X509Certificate } from 'node:crypto'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { readFacts, type CertificateFacts } from './certificate-facts.ts'
import { IdentityRefusal } from './errors.ts'
import { keyUsageBits, oids } from './oids.ts'
import { verifyPath, verifyRoot } from './path.ts'
import { parseSpiffeId } from './spiffe.ts'
import type { Credentials, Identity } from './types.ts'

/** uniformResourceIdentifier among the kinds of GeneralName (RFC 5280, 4.2.1.6). */
const uriKind = 6
/** More than any chain has that is accepted: whoever sends more is not followed further. */
const longestChain = 8

/** Who stands at the other end of a connection, and what that rests on. */
export interface VerifiedPeer {
  readonly identity: Identity
  /** Milliseconds since the epoch: of the certificate in the path that ends first. */
  readonly notAfter: number
  /** Serial numbers of leaf and intermediates. */
  readonly serials: readonly string[]
  /** SHA-256 fingerprint of the root. */
  readonly root: string
}

/** Whom to believe, at what time. */
export type PeerPolicy = Pick<Credentials, 'bundle' | 'revoked' | 'identity'>

/**
 * Who opened a connection to this server. Beside what Node has verified, the whole path is verified here again, more strictly.
 * @throws {IdentityRefusal} `PEER`, `SPIFFE_ID`, `CLOCK`, `REVOKED`
 */
export function peerOf(socket: TLSSocket, policy: PeerPolicy, now = Date.now()): VerifiedPeer {
  const leaf = socket.authorized ? socket.getPeerX509Certificate() : undefined
  if (leaf === undefined) throw new IdentityRefusal('PEER', 'the peer has no verified certificate')
  const chain = [leaf]
  for (let next = leaf.issuerCertificate; next !== undefined && chain.length < longestChain;) {
    chain.push(next)
    next = next.fingerprint256 === next.issuerCertificate?.fingerprint256 ? undefined : next.issuerCertificate
  }
  return verifyPeer(chain, policy, now)
}

/** The chain that a server showed, as `checkServerIdentity` gets it. */
export function shownChain(peer: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let next: DetailedPeerCertificate | undefined = peer
  while (next?.raw !== undefined && chain.length < longestChain) {
    chain.push(new X509Certificate(next.raw))
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate
  }
  return chain
}

/**
 * Who a chain of certificates is for: path validation, leaf validation (X509-SVID, sections 5.1 and 5.2), trust domain, revocation.
 * @param chain leaf first
 * @throws {IdentityRefusal} `PEER`, `SPIFFE_ID`, `CLOCK`, `REVOKED`
 */
export function verifyPeer(
  chain: readonly X509Certificate[],
  policy: PeerPolicy,
  now = Date.now(),
): VerifiedPeer {
  const path = verifyPath(chain, { roots: rootsOf(policy.bundle), now })
  const [leaf, ...signers] = path.facts as [CertificateFacts, ...CertificateFacts[]]
  signers.forEach(checkSigner)
  const identity = identityOf(leaf)
  if (identity.trustDomain !== policy.identity.trustDomain)
    throw refusal(`the peer is of another trust domain than ${policy.identity.trustDomain}`)
  const ends = [...path.certificates, path.root].map(({ validToDate }) => validToDate.getTime())
  const peer = {
    identity,
    notAfter: Math.min(...ends),
    serials: path.certificates.map(({ serialNumber }) => serialNumber),
    root: path.root.fingerprint256,
  }
  checkStillTrusted(peer, policy)
  return peer
}

/**
 * Whether a peer that was verified once would still be: for connections that are open when roots or revocations change.
 * @throws {IdentityRefusal} `REVOKED`, `PEER` where its root is not trusted any more
 */
export function checkStillTrusted(
  { identity, serials, root }: VerifiedPeer,
  { revoked, bundle }: Pick<PeerPolicy, 'bundle' | 'revoked'>,
): void {
  if (revoked?.identities.includes(identity.id) === true)
    throw new IdentityRefusal('REVOKED', `the identity ${identity.id} is revoked`)
  if (revoked !== undefined && serials.some((serial) => revoked.serials.includes(serial)))
    throw new IdentityRefusal('REVOKED', `a certificate of ${identity.id} is revoked`)
  if (!rootsOf(bundle).some(({ fingerprint256 }) => fingerprint256 === root))
    throw refusal(`the root that certified ${identity.id} is not trusted any more`)
}

/**
 * The identity that a leaf certificate is for, whoever has signed it: for a certificate of one's own.
 * @throws {IdentityRefusal} `PEER`, `SPIFFE_ID`
 */
export function leafIdentity(certificate: X509Certificate): Identity {
  const facts = readFacts(certificate)
  if (facts === undefined) throw refusal('the certificate cannot be read')
  return identityOf(facts)
}

/**
 * Checks that a certificate may be a root here.
 * @throws {IdentityRefusal} `PEER`, `CLOCK`
 */
export function checkRoot(certificate: X509Certificate, now: number): void {
  checkSigner(verifyRoot(certificate, now))
}

/** What a signing certificate has to be beside an authority as RFC 5280 has it (X509-SVID, sections 3.2 and 4.3). */
function checkSigner({ names, extensions }: CertificateFacts): void {
  if (extensions.get(oids.keyUsage)?.critical !== true)
    throw refusal('the key usage of an authority is not critical')
  const withPath = names.some(({ bytes }) => bytes.toString('latin1').slice('spiffe://'.length).includes('/'))
  if (withPath) throw refusal('the name of an authority has a path: it would be the one of a workload')
}

/** Leaf validation (X509-SVID, sections 2, 3.1, 4 and 5.2). */
function identityOf(leaf: CertificateFacts): Identity {
  const { constraints, names } = leaf
  if (constraints?.authority === true) throw refusal('an authority is no workload')
  checkUsage(leaf)
  const [name, ...others] = names
  // X509-SVID lets other kinds of names stand beside the URI; none is issued here, so that none can mislead anybody.
  if (name === undefined || others.length > 0 || name.kind !== uriKind)
    throw refusal('the certificate has to name exactly one URI and nothing else')
  return parseSpiffeId(name.bytes.toString('latin1'))
}

function checkUsage({ usage, purposes, extensions }: CertificateFacts): void {
  if (usage === undefined || extensions.get(oids.keyUsage)?.critical !== true)
    throw refusal('the certificate does not say, as critical, what its key is for')
  if ((usage & (keyUsageBits.keyCertSign | keyUsageBits.cRLSign)) !== 0)
    throw refusal('an authority is no workload')
  if ((usage & keyUsageBits.digitalSignature) === 0) throw refusal('the certificate is not for signing')
  const both = [oids.serverAuth, oids.clientAuth].every((purpose) => purposes?.includes(purpose) === true)
  if (purposes !== undefined && !both) throw refusal('the certificate is not for both ends of a connection')
}

const parsed = new Map<string, readonly X509Certificate[]>()
const mostParsed = 16

/** The roots of a bundle, parsed once. */
function rootsOf(bundle: string): readonly X509Certificate[] {
  const known = parsed.get(bundle)
  if (known !== undefined) return known
  const roots = certificatesOf(bundle)
  if (parsed.size >= mostParsed) parsed.clear()
  parsed.set(bundle, roots)
  return roots
}

/** The certificates of a PEM text, in their order. */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}

function refusal(message: string): IdentityRefusal {
  return new IdentityRefusal('PEER', message)
}
