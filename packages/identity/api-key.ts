import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What is kept of an API key: enough to recognise it, nothing to use it with. */
export interface ApiKeyRecord {
  readonly id: string
  readonly consumer: string
  /** SHA-256 of the secret part, hexadecimal. A random secret of 256 bits needs no slow hash. */
  readonly hash: string
}

const keyPattern = /^plk_([a-z2-7]{10})_([A-Za-z0-9_-]{43})$/
const hashPattern = /^[0-9a-f]{64}$/
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** A new API key of a consumer, `plk_<id>_<secret>`. The key itself is shown once and kept nowhere. */
export function createApiKey(consumer: string): { readonly key: string; readonly record: ApiKeyRecord } {
  const id = Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join('')
  const secret = randomBytes(32).toString('base64url')
  return { key: `plk_${id}_${secret}`, record: { id, consumer, hash: hashOf(secret).toString('hex') } }
}

/** Finds the consumer of a presented key. A wrong key, an unknown one and a malformed one take the same way. */
export function createApiKeyIndex(records: readonly ApiKeyRecord[]): {
  find(presented: string): string | undefined
} {
  // A damaged record is nobody's: its hash could not be compared with any.
  const whole = records.filter(({ hash }) => hashPattern.test(hash))
  const byId = new Map(
    whole.map((record) => [record.id, { ...record, bytes: Buffer.from(record.hash, 'hex') }]),
  )
  const nobody = { consumer: undefined, bytes: randomBytes(32) }
  return {
    find(presented) {
      const [, id = '', secret = ''] = keyPattern.exec(presented.slice(0, 100)) ?? []
      const known = byId.get(id) ?? nobody
      return timingSafeEqual(hashOf(secret), known.bytes) ? known.consumer : undefined
    },
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
