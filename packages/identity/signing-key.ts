import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto'
import { IdentityFailure } from './errors.ts'
import { keepPrivateFile, readPrivateFile, writePrivateFileOnce } from './private-file.ts'

/** A key that signs releases or verdicts: Ed25519 (RFC 8032). The private part stays inside. */
export interface SigningKey {
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), hexadecimal. */
  readonly keyId: string
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string
  sign(bytes: Uint8Array): Buffer
}

/**
 * The signing key in a file (PKCS #8, PEM, mode 0600), made at first use; its public part lies beside it as `.pub`.
 * @throws {IdentityFailure} `KEY_FILE`
 */
export function openSigningKey(path: string): SigningKey {
  const text = readPrivateFile(path) ?? writePrivateFileOnce(path, newKey())
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch (cause) {
    throw new IdentityFailure('KEY_FILE', 'this is no private key', {
      place: { file: path },
      fix: 'restore the file from a backup, or move it away for a new key',
      cause,
    })
  }
  const opened = signingKeyOf(key, path)
  keepPrivateFile(`${path.replace(/\.key$/, '')}.pub`, opened.publicKey)
  return opened
}

/** A signing key that lives in memory alone. */
export function createSigningKey(): SigningKey {
  return signingKeyOf(createPrivateKey(newKey()))
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  return privateKey.export({ type: 'pkcs8', format: 'pem' })
}

function signingKeyOf(key: KeyObject, file?: string): SigningKey {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new IdentityFailure('KEY_FILE', 'the key is not Ed25519', {
      place: { file },
      fix: 'put the former key back, or move this one away for a new key',
    })
  }
  const publicKey = createPublicKey(key)
  return {
    keyId: keyIdOf(publicKey),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    sign: (bytes) => sign(null, bytes, key),
  }
}

/** True for exactly one public key that verifies signatures here: Ed25519, SubjectPublicKeyInfo, PEM. Never for a private one. */
export function isPublicKey(text: string): boolean {
  if (!/^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\s*$/.test(text)) return false
  try {
    return createPublicKey(text).asymmetricKeyType === 'ed25519'
  } catch {
    return false
  }
}

/** The name of a public key. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}
