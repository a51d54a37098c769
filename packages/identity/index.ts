export { createApiKey, createApiKeyIndex, type ApiKeyRecord } from './api-key.ts'
export {
  openAuthority,
  type Authority,
  type AuthoritySummary,
  type IssuedCertificate,
  type KeyRequest,
  type Revocation,
} from './authority.ts'
export { readCredentials } from './credentials.ts'
export { signEnvelope, verifyEnvelope, type Envelope } from './envelope.ts'
export {
  IdentityFailure,
  IdentityRefusal,
  type IdentityFailureCode,
  type IdentityRefusalCode,
} from './errors.ts'
export { createKey, proveKey } from './key.ts'
export { checkStillTrusted, peerOf, type VerifiedPeer } from './peer.ts'
export { keepPrivateFile, openPrivateFolder, readPrivateFile, writePrivateFileOnce } from './private-file.ts'
export type { AuthorityId, Rotation } from './rotation.ts'
export { createSigningKey, isPublicKey, openSigningKey, type SigningKey } from './signing-key.ts'
export { parseSpiffeId, spiffeId } from './spiffe.ts'
export { signStatement, verifyStatement, type Statement, type Subject } from './statement.ts'
export {
  createSubjectVerifier,
  signSubjectToken,
  type SubjectClaims,
  type SubjectVerifier,
} from './subject-token.ts'
export { clientTls, explainHandshake, outerTls, serverTls, type ServerCertificate } from './tls.ts'
export type { Credentials, Identity, Revocations, SpiffeId, SubjectKey, TrustState } from './types.ts'
