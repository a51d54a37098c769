import { createPrivateKey, X509Certificate } from 'node:crypto'
import { IdentityRefusal } from './errors.ts'
import { leafIdentity } from './peer.ts'
import type { Credentials } from './types.ts'

/**
 * Puts credentials together from PEM texts, and checks that they belong together.
 * @throws {IdentityRefusal} `PEER`, `SPIFFE_ID`
 */
export function readCredentials(
  parts: Pick<Credentials, 'certificateChain' | 'privateKey' | 'bundle'>,
): Credentials {
  const leaf = new X509Certificate(parts.certificateChain)
  if (!leaf.checkPrivateKey(createPrivateKey(parts.privateKey))) {
    throw new IdentityRefusal('PEER', 'the certificate is for another key')
  }
  return { ...parts, identity: leafIdentity(leaf), notAfter: leaf.validToDate.getTime() }
}
