import { releaseMetric, type Distribution, type Read } from '@plimsoll/service'

/** What one release did for one party since the last look. */
export interface Observation {
  readonly service: string
  /** Digest. */
  readonly release: string
  readonly party: string
  readonly outcome: string
  /** By bucket of the durations. */
  readonly counts: readonly number[]
}

/** Makes news out of counts that only grow: what the processes of a fleet counted since the last look. */
export class OutcomeReader {
  #before = new Map<string, readonly number[]>()

  /** A process that did not answer is left out, and its calls come with its next answer. */
  next(reads: readonly Read[]): readonly Observation[] {
    const now = new Map(this.#before)
    const news = reads.flatMap((read) => this.#newsOf(read, now))
    this.#before = now
    return news
  }

  #newsOf({ resource, since, metrics }: Read, now: Map<string, readonly number[]>): readonly Observation[] {
    const points = metrics.find(({ name }) => name === releaseMetric)?.points ?? []
    return points.flatMap(({ attributes, value }) => {
      if (typeof value === 'number') return []
      const named = namesOf(attributes, resource.service)
      if (named === undefined) return []
      // Two releases of a caller have replicas of one name; when a process began tells them apart.
      const key = JSON.stringify([resource.instance, since, ...Object.values(named)])
      const counts = newsIn(value, this.#before.get(key))
      now.set(key, value.counts)
      return counts.some((count) => count > 0) ? [{ ...named, counts }] : []
    })
  }
}

/** A process tells of consumers and of itself, and in no other service's name. */
function namesOf(attributes: Readonly<Record<string, unknown>>, teller: string) {
  const [service, release, party, outcome] = ['service', 'release', 'party', 'outcome'].map(
    (name) => attributes[`plimsoll.${name}`],
  )
  if (
    typeof service !== 'string' ||
    typeof release !== 'string' ||
    typeof party !== 'string' ||
    typeof outcome !== 'string'
  )
    return undefined
  if (party.startsWith('service:') && party !== `service:${teller}`) return undefined
  return { service, release, party, outcome }
}

/** Whoever counts less than before has forgotten, and begun again. */
function newsIn({ counts }: Distribution, before: readonly number[] | undefined): readonly number[] {
  const news = counts.map((count, at) => count - (before?.[at] ?? 0))
  return news.some((count) => count < 0) ? counts : news
}
