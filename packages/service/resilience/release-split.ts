import { chooseEndpoint } from './choice.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** One release of a service, and its part of the calls. */
interface Part {
  readonly weight: number
  readonly endpoints: readonly OpenEndpoint[]
}

/**
 * Splits the calls of a service between releases that run side by side: first a release by its weight, then the cheaper of two of its endpoints. Each call is
 * drawn by itself, so that who calls and what it asks for has no influence on the release: the two can be compared like the arms of a
 * randomised trial. Nobody is kept at one release for that reason: every consumer has to meet both to be compared.
 */
export class ReleaseSplit {
  readonly #parts: readonly Part[]
  readonly #total: number
  readonly #random: () => number

  private constructor(parts: readonly Part[], random: () => number) {
    this.#parts = parts
    this.#total = parts.reduce((sum, { weight }) => sum + weight, 0)
    this.#random = random
  }

  /** Undefined where all endpoints are of one release, or nobody says what each gets. */
  static of(
    endpoints: readonly OpenEndpoint[],
    random: () => number = Math.random,
  ): ReleaseSplit | undefined {
    const releases = Map.groupBy(endpoints, ({ release }) => release)
    if (releases.size < 2) return undefined
    const parts = [...releases.values()].map((those) => ({
      weight: Math.max(0, those[0]?.weight ?? 0),
      endpoints: those,
    }))
    const split = new ReleaseSplit(parts, random)
    return split.#total > 0 ? split : undefined
  }

  /** Where the release that was drawn has nobody to ask, another one is asked: a call is not lost for a comparison. */
  choose(tried: ReadonlySet<OpenEndpoint> | undefined, now: number): OpenEndpoint | undefined {
    const drawn = this.#draw()
    const askable = (endpoint: OpenEndpoint) => endpoint.usable(now) && tried?.has(endpoint) !== true
    if (drawn?.endpoints.some(askable) === true) return chooseEndpoint(drawn.endpoints, tried, now)
    const others = this.#parts.filter((part) => part !== drawn).flatMap(({ endpoints }) => endpoints)
    if (others.some(askable)) return chooseEndpoint(others, tried, now)
    return chooseEndpoint([...(drawn?.endpoints ?? []), ...others], tried, now)
  }

  #draw(): Part | undefined {
    let left = this.#random() * this.#total
    for (const part of this.#parts) {
      left -= part.weight
      if (left < 0) return part
    }
    return this.#parts.findLast(({ weight }) => weight > 0)
  }
}
