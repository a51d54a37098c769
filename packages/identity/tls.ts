import { constants, X509Certificate } from 'node:crypto'
import { createSecureContext, type ConnectionOptions, type TLSSocket, type TlsOptions } from 'node:tls'
import { readFacts } from './certificate.ts'
import { IdentityRefusal } from './errors.ts'
import { parseSpiffeId } from './spiffe.ts'
import type { Credentials, Identity, SpiffeId } from './types.ts'

/** uniformResourceIdentifier among the kinds of GeneralName (RFC 5280, 4.2.1.6). */
const uriKind = 6

/** Key and certificate of a server that anybody may connect to. PEM texts. */
export interface ServerCertificate {
  readonly certificateChain: string
  readonly privateKey: string
}

/** A server for workloads: TLS 1.3, and nobody without a certificate of the same authority. */
export function serverTls(credentials: Credentials): TlsOptions {
  return {
    key: credentials.privateKey,
    cert: credentials.certificateChain,
    ca: credentials.bundle,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: true,
  }
}

/**
 * A client towards one workload: TLS 1.3, the own certificate, and the peer is exactly the one that is expected; who else
 * has a certificate of the authority does not count.
 */
export function clientTls(credentials: Credentials, expected: SpiffeId): ConnectionOptions {
  const secureContext = createSecureContext({
    key: credentials.privateKey,
    cert: credentials.certificateChain,
    ca: credentials.bundle,
    minVersion: 'TLSv1.3',
  })
  return {
    secureContext,
    rejectUnauthorized: true,
    // A name of the host means nothing here: the SPIFFE ID is the name.
    servername: '',
    checkServerIdentity: (_host, peer) => {
      try {
        const { id } = leafIdentity(new X509Certificate(peer.raw))
        if (id === expected) return undefined
        return new IdentityRefusal('PEER', 'the peer is another workload than the one that was called')
      } catch (error) {
        return error as Error
      }
    },
  }
}

/** Forward secrecy and authenticated encryption only (RFC 9325, section 4.2). */
const outerCiphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
].join(':')

/** The outer face of the gateway: TLS 1.2 and 1.3, no client certificate, no renegotiation. */
export function outerTls(certificate: ServerCertificate): TlsOptions {
  return {
    key: certificate.privateKey,
    cert: certificate.certificateChain,
    minVersion: 'TLSv1.2',
    ciphers: outerCiphers,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  }
}

/**
 * Who stands at the other end of a connection whose certificate chain Node has verified. Checks on its own what X509-SVID
 * (sections 3 to 5) asks of a leaf: exactly one alternative name, a URI; a SPIFFE ID; no authority; digital signature.
 * @param trustDomain where given, the peer has to be of it.
 * @throws {IdentityRefusal} `PEER`, `SPIFFE_ID`
 */
export function peerIdentity(socket: TLSSocket, trustDomain?: string): Identity {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined
  if (certificate === undefined) throw new IdentityRefusal('PEER', 'the peer has no verified certificate')
  return leafIdentity(certificate, trustDomain)
}

/**
 * The identity that a leaf certificate is for.
 * @throws {IdentityRefusal} `PEER`, `SPIFFE_ID`
 */
export function leafIdentity(certificate: X509Certificate, trustDomain?: string): Identity {
  const refusal = (message: string) => new IdentityRefusal('PEER', message)
  const facts = readFacts(certificate)
  if (facts === undefined) throw refusal('the certificate cannot be read')
  if (facts.authority || facts.certificateSigning) throw refusal('an authority is no workload')
  if (!facts.digitalSignature) throw refusal('the certificate is not for signing')
  const [name, ...others] = facts.names
  if (name === undefined || others.length > 0 || name.kind !== uriKind) {
    throw refusal('the certificate has to name exactly one URI and nothing else')
  }
  const identity = parseSpiffeId(name.bytes.toString('latin1'))
  if (trustDomain !== undefined && identity.trustDomain !== trustDomain)
    throw refusal('the peer is of another trust domain')
  return identity
}
