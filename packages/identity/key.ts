import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { IdentityRefusal } from './errors.ts'

const longestPem = 4096
/** Keeps a proof from being anything else that the key might sign. */
const proofPrefix = 'plimsoll certificate request\n'

/** A workload's key pair (ECDSA over P-256), as PEM texts: PKCS #8 and SubjectPublicKeyInfo. */
export function createKey(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
  }
}

/**
 * Shows that whoever asks for a certificate of a public key has the private one. Base64.
 * @param challenge what the one who certifies gave for this request alone, so that a proof is good once
 */
export function proveKey(privateKey: string, publicKey: string, challenge = ''): string {
  return sign('sha256', proofBytes(publicKey, challenge), createPrivateKey(privateKey)).toString('base64')
}

function proofBytes(publicKey: string, challenge: string): Buffer {
  return Buffer.from(`${proofPrefix}${challenge}\n${publicKey}`)
}

/**
 * The public key of a request, where the proof holds.
 * @throws {IdentityRefusal} `KEY_PROOF`
 */
export function provenKey(request: {
  readonly publicKey: string
  readonly proof: string
  readonly challenge?: string | undefined
}): KeyObject {
  const refusal = (message: string, cause?: unknown) => new IdentityRefusal('KEY_PROOF', message, { cause })
  if (request.publicKey.length > longestPem) throw refusal('the public key is too long')
  let key: KeyObject
  try {
    key = createPublicKey({ key: request.publicKey, format: 'pem', type: 'spki' })
  } catch (cause) {
    throw refusal('this is no public key', cause)
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw refusal('the key is not ECDSA over P-256')
  }
  const proof = Buffer.from(request.proof, 'base64')
  if (!verify('sha256', proofBytes(request.publicKey, request.challenge ?? ''), key, proof)) {
    throw refusal('the proof does not hold for the key')
  }
  return key
}
