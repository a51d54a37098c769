import { isIPv6 } from 'node:net'
import type { Clock } from '@plimsoll/base'

/** How often one party may ask: a token bucket. */
export interface RateLimit {
  readonly requestsPerSecond: number
  /** Requests that may come at once after a pause. */
  readonly burst: number
}

/** Where a configuration gives none. */
export const defaultConsumerRate: RateLimit = { requestsPerSecond: 100, burst: 200 }
export const defaultAnonymousRate: RateLimit = { requestsPerSecond: 20, burst: 40 }

interface Bucket {
  tokens: number
  filledAt: number
}

/**
 * Token buckets of many parties in bounded memory. The party that was silent for longest is forgotten first: its bucket
 * is the fullest, so that forgetting costs the least.
 */
export class RateLimiter {
  readonly #clock: Clock
  readonly #capacity: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(options: { readonly clock: Clock; readonly capacity: number }) {
    this.#clock = options.clock
    this.#capacity = options.capacity
  }

  /** Parties that are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /** Takes one token: 0 where there was one, otherwise the milliseconds until there is one. */
  take(party: string, limit: RateLimit): number {
    const bucket = this.#filled(party, limit)
    this.#remember(party, bucket)
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / limit.requestsPerSecond) * 1_000)
    bucket.tokens -= 1
    return 0
  }

  #filled(party: string, limit: RateLimit): Bucket {
    const now = this.#clock.now()
    const bucket = this.#buckets.get(party)
    if (bucket === undefined) return { tokens: limit.burst, filledAt: now }
    // A clock set back gives nothing and takes nothing.
    const elapsed = Math.max(0, now - bucket.filledAt)
    bucket.tokens = Math.min(limit.burst, bucket.tokens + (elapsed / 1_000) * limit.requestsPerSecond)
    bucket.filledAt = now
    return bucket
  }

  #remember(party: string, bucket: Bucket): void {
    this.#buckets.delete(party)
    this.#buckets.set(party, bucket)
    if (this.#buckets.size <= this.#capacity) return
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest)
      return
    }
  }
}

/**
 * The party behind an address: the address itself, but the first 64 bits of an IPv6 address, because one household or
 * machine has all the rest to choose from (RFC 6177).
 */
export function partyOfAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
  return isIPv6(plain) ? `${firstGroups(plain)}::/64` : plain
}

function firstGroups(address: string): string {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
