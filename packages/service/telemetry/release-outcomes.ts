import { Histogram } from './histogram.ts'
import type { Metric } from './metrics.ts'

/**
 * How one attempt at one release ended, for its caller: well, with a failure, or against the contract. `unfit` counts attempts a second time whose answer came well
 * and was then found not to fit.
 */
export type ReleaseOutcome = 'ok' | 'failed' | 'misfit' | 'unfit'

/** One attempt that has ended. */
export interface Attempt {
  readonly service: string
  /** Digest. */
  readonly release: string
  /** On whose behalf: `consumer:storefront`, `service:orders`, `anonymous`. */
  readonly party: string
  readonly outcome: ReleaseOutcome
  readonly seconds: number
}

export const releaseMetric = 'plimsoll.release.call.duration'
/** Parties of one service that are told apart; whoever comes later is counted together. */
const mostParties = 500
const together = 'others'

type Tally = Map<ReleaseOutcome, Histogram>

/** What callers met at each of the releases of a service that run side by side. Nothing is kept while there is only one. */
export class ReleaseOutcomes {
  readonly #services = new Map<string, Map<string, Map<string, Tally>>>()

  record({ service, release, party, outcome, seconds }: Attempt): void {
    const parties = entry(
      entry(this.#services, service, () => new Map<string, Map<string, Tally>>()),
      release,
      () => new Map<string, Tally>(),
    )
    const known = parties.has(party) || parties.size < mostParties ? party : together
    const tally = entry(parties, known, (): Tally => new Map())
    entry(tally, outcome, () => new Histogram()).record(seconds)
  }

  /** Forgets every release of the service but these. */
  keep(service: string, releases: ReadonlySet<string>): void {
    const known = this.#services.get(service)
    if (known === undefined) return
    for (const release of known.keys()) if (!releases.has(release)) known.delete(release)
    if (known.size === 0) this.#services.delete(service)
  }

  read(): Metric {
    const points = [...this.#services].flatMap(([service, releases]) =>
      [...releases].flatMap(([release, parties]) =>
        [...parties].flatMap(([party, tally]) =>
          Array.from(tally, ([outcome, histogram]) => ({
            attributes: {
              'plimsoll.service': service,
              'plimsoll.release': release,
              'plimsoll.party': party,
              'plimsoll.outcome': outcome,
            },
            value: histogram.read(),
          })),
        ),
      ),
    )
    return {
      name: releaseMetric,
      description: 'How long an attempt took, by release, while two releases of a service run side by side',
      unit: 's',
      type: 'histogram',
      points,
    }
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}
