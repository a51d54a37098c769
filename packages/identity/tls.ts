import { constants } from 'node:crypto'
import {
  createSecureContext,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TlsOptions,
} from 'node:tls'
import { IdentityRefusal } from './errors.ts'
import { shownChain, verifyPeer } from './peer.ts'
import type { Credentials, SpiffeId } from './types.ts'

/** Key and certificate of a server that anybody may connect to. PEM texts. */
export interface ServerCertificate {
  readonly certificateChain: string
  readonly privateKey: string
}

/**
 * A server for workloads: TLS 1.3, and nobody without a certificate of the same trust domain. No session is resumed: a resumed one shows
 * who its peer was once, and nobody would verify whether that still holds.
 */
export function serverTls(credentials: Credentials): TlsOptions {
  return {
    key: credentials.privateKey,
    cert: credentials.certificateChain,
    ca: credentials.bundle,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: true,
    secureOptions: constants.SSL_OP_NO_TICKET,
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
        const { identity } = verifyPeer(shownChain(peer as DetailedPeerCertificate), credentials)
        if (identity.id === expected) return undefined
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

/** What Node's own verification says of a peer, for people: what it means and what to do. */
const explanations: Readonly<Record<string, string>> = {
  CERT_NOT_YET_VALID:
    'the certificate of the peer has not begun yet: the clocks of the two machines differ; set them',
  CERT_HAS_EXPIRED:
    'the certificate of the peer has ended: it was not renewed, or the clocks of the two machines differ',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the peer is signed by itself and by no authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of the peer is of an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the certificate of the peer is of an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of the peer is of an authority that is not trusted here',
  INVALID_PURPOSE: 'the certificate of the peer is not for both ends of a connection',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'the peer has shown no certificate',
}

/**
 * An error of a handshake as a refusal that says what to do; whatever else was thrown as it is.
 * @param socket where given, what Node's verification said of its peer: the server's error does not tell
 */
export function explainHandshake(thrown: unknown, socket?: object): unknown {
  const { authorizationError } = (socket ?? {}) as { readonly authorizationError?: unknown }
  const code = authorizationError ?? (thrown as { readonly code?: unknown } | undefined)?.code
  if (typeof code !== 'string') return thrown
  if (!Object.hasOwn(explanations, code))
    return authorizationError === undefined
      ? thrown
      : new IdentityRefusal('PEER', `the certificate of the peer does not hold: ${code}`, { cause: thrown })
  const clock = code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED'
  return new IdentityRefusal(clock ? 'CLOCK' : 'PEER', explanations[code] ?? '', { cause: thrown })
}
