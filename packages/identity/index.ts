export { createApiKey, createApiKeyIndex, type ApiKeyRecord } from './api-key.ts'
export { openAuthority, type Authority, type IssuedCertificate, type KeyRequest } from './authority.ts'
export { readCredentials } from './credentials.ts'
export { signEnvelope, verifyEnvelope, type Envelope } from './envelope.ts'
export {
  IdentityFailure,
  IdentityRefusal,
  type IdentityFailureCode,
  type IdentityRefusalCode,
} from './errors.ts'
export { createKey, proveKey } from './key.ts'
export { openPrivateFolder, readPrivateFile, writePrivateFileOnce } from './private-file.ts'
export { createSigningKey, openSigningKey, type SigningKey } from './signing-key.ts'
export { parseSpiffeId, spiffeId } from './spiffe.ts'
export { signStatement, verifyStatement, type Statement, type Subject } from './statement.ts'
export { clientTls, leafIdentity, outerTls, peerIdentity, serverTls, type ServerCertificate } from './tls.ts'
export type { Credentials, Identity, SpiffeId } from './types.ts'
