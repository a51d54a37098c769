import { GatewayRefusal } from './errors.ts'

/** Requests that may be in work at the same time where a configuration does not say. */
export const defaultConcurrency = 1_000

/** What part of all places one party may hold, so that nobody's slow requests keep the others out. */
export const shares = { consumer: 1 / 4, address: 1 / 20 } as const

/** Counts the requests in work; whoever comes when the places are taken is sent away at once instead of queued. */
export class Places {
  readonly #byParty = new Map<string, number>()
  #taken = 0

  /** Requests in work. */
  get taken(): number {
    return this.#taken
  }

  /**
   * A place, given back by disposing of it.
   * @throws {GatewayRefusal} `OVERLOADED` where all are taken, `RATE_EXCEEDED` where the party holds its share.
   */
  take(party: string, limit: { readonly total: number; readonly share: number }): Disposable {
    const held = this.#byParty.get(party) ?? 0
    if (this.#taken >= limit.total) throw refusal('OVERLOADED', 'Try again in a moment.')
    if (held >= Math.max(1, Math.floor(limit.total * limit.share))) {
      throw refusal('RATE_EXCEEDED', 'Wait for the answers to earlier requests.')
    }
    this.#taken += 1
    this.#byParty.set(party, held + 1)
    return { [Symbol.dispose]: () => this.#giveBack(party) }
  }

  #giveBack(party: string): void {
    const held = (this.#byParty.get(party) ?? 1) - 1
    this.#taken -= 1
    if (held === 0) this.#byParty.delete(party)
    else this.#byParty.set(party, held)
  }
}

function refusal(code: 'OVERLOADED' | 'RATE_EXCEEDED', detail: string): GatewayRefusal {
  return new GatewayRefusal(code, detail, { headers: { 'retry-after': '1' } })
}
