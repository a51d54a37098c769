import type { Clock } from '@plimsoll/base'
import type { GatewayConfiguration } from './configuration.ts'
import type { Party } from './credential.ts'
import { GatewayRefusal } from './errors.ts'
import { defaultConcurrency, Places, shares } from './places.ts'
import { defaultAnonymousRate, defaultConsumerRate, partyOfAddress, RateLimiter } from './rate.ts'

const rememberedParties = 10_000

/** Decides how much of the gateway a party may have at this moment: places, and its plan. */
export class Admission {
  readonly #places = new Places()
  readonly #consumers: RateLimiter
  // Apart from the consumers', so that addresses without end make no consumer's bucket forgotten.
  readonly #addresses: RateLimiter

  constructor(clock: Clock) {
    this.#consumers = new RateLimiter({ clock, capacity: rememberedParties })
    this.#addresses = new RateLimiter({ clock, capacity: rememberedParties })
  }

  /** Requests in work. */
  get inWork(): number {
    return this.#places.taken
  }

  /**
   * A place for the request, given back by disposing of it. Whoever has not proven to be a consumer is counted by
   * address, so that a wrong key costs as much as none.
   * @throws {GatewayRefusal} `OVERLOADED`, `RATE_EXCEEDED`
   */
  admit(party: Party, address: string | undefined, configuration: GatewayConfiguration): Disposable {
    const total = configuration.concurrency ?? defaultConcurrency
    if (party.kind === 'consumer') {
      const { record, rate = defaultConsumerRate } = party.consumer
      requireToken(this.#consumers.take(record.consumer, rate))
      return this.#places.take(`consumer ${record.consumer}`, { total, share: shares.consumer })
    }
    const origin = partyOfAddress(address)
    requireToken(this.#addresses.take(origin, configuration.anonymous ?? defaultAnonymousRate))
    return this.#places.take(`address ${origin}`, { total, share: shares.address })
  }
}

function requireToken(waitMs: number): void {
  if (waitMs === 0) return
  const seconds = String(Math.ceil(waitMs / 1_000))
  throw new GatewayRefusal('RATE_EXCEEDED', `Try again in ${seconds} s.`, {
    headers: { 'retry-after': seconds },
  })
}
