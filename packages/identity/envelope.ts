import { createPublicKey, verify } from 'node:crypto'
import { IdentityRefusal } from './errors.ts'
import { keyIdOf, type SigningKey } from './signing-key.ts'

/** A signed payload: DSSE v1 (secure-systems-lab/dsse). Base64 as RFC 4648, section 4. */
export interface Envelope {
  readonly payloadType: string
  readonly payload: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

const mostBytes = 8 * 1024 * 1024
const mostSignatures = 16

/** Signs a payload together with its type. */
export function signEnvelope(payloadType: string, payload: Uint8Array, key: SigningKey): Envelope {
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [
      { keyid: key.keyId, sig: key.sign(preAuthEncoding(payloadType, payload)).toString('base64') },
    ],
  }
}

/**
 * The payload of an envelope that one of the trusted keys signed as this type.
 * @param trusted public keys (Ed25519, SubjectPublicKeyInfo, PEM)
 * @throws {IdentityRefusal} `ENVELOPE` where it is none, `SIGNATURE` where no trusted signature holds
 */
export function verifyEnvelope(
  envelope: unknown,
  payloadType: string,
  trusted: readonly string[],
): Uint8Array {
  const { payload, signatures } = readEnvelope(envelope, payloadType)
  const signed = preAuthEncoding(payloadType, payload)
  for (const pem of trusted) {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType !== 'ed25519') continue
    const id = keyIdOf(key)
    for (const { keyid, sig } of signatures) {
      if (keyid === id && sig.length === 64 && verify(null, signed, key, sig)) return payload
    }
  }
  throw new IdentityRefusal('SIGNATURE', 'no trusted key has signed this')
}

/** PAE of DSSE v1: nobody can move a byte from the type to the payload. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8')
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ])
}

function readEnvelope(envelope: unknown, payloadType: string) {
  const refusal = (message: string) => new IdentityRefusal('ENVELOPE', message)
  if (typeof envelope !== 'object' || envelope === null) throw refusal('this is no envelope')
  const { payloadType: type, payload, signatures } = envelope as Partial<Record<keyof Envelope, unknown>>
  if (type !== payloadType) throw refusal('the envelope holds something else')
  const bytes = fromBase64(payload, mostBytes)
  if (bytes === undefined) throw refusal('the payload is not base64, or too large')
  if (!Array.isArray(signatures) || signatures.length === 0 || signatures.length > mostSignatures) {
    throw refusal(`an envelope has 1 to ${mostSignatures} signatures`)
  }
  return {
    payload: bytes,
    signatures: signatures.map((signature: unknown) => {
      const { keyid, sig } = (signature ?? {}) as Readonly<Record<string, unknown>>
      const read = fromBase64(sig, 1024)
      if (typeof keyid !== 'string' || read === undefined) throw refusal('a signature has a keyid and a sig')
      return { keyid, sig: read }
    }),
  }
}

/** Strict: exactly the text that the bytes give. */
function fromBase64(text: unknown, limit: number): Buffer | undefined {
  if (typeof text !== 'string' || text.length > Math.ceil(limit / 3) * 4) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
