import type { Endpoint } from '@plimsoll/service'
import type { Deployed } from '../directory.ts'
import type { WorkloadSet } from '../engines/engine.ts'

/** Releases that run beside those that they may replace, with the part of the calls that they get. */
export class Beside {
  readonly next: Deployed
  readonly sets: ReadonlyMap<string, WorkloadSet>
  /** 0 to 1; at 0 nobody is told where they are. */
  share = 0

  constructor(next: Deployed, sets: ReadonlyMap<string, WorkloadSet>) {
    this.next = next
    this.sets = sets
  }

  /** Where a service is called: at both of its releases, where it has two. */
  endpointsOf(service: string, running: WorkloadSet | undefined): readonly Endpoint[] {
    const candidate = this.sets.get(service)
    const [own, fresh] = [running?.endpoints() ?? [], candidate?.endpoints() ?? []]
    if (candidate === undefined || running === undefined) return [...own, ...fresh]
    if (this.share === 0) return own
    return [...weighted(running, own, 1 - this.share), ...weighted(candidate, fresh, this.share)]
  }
}

function weighted(
  { spec }: WorkloadSet,
  endpoints: readonly Endpoint[],
  weight: number,
): readonly Endpoint[] {
  return endpoints.map((endpoint) => ({ ...endpoint, release: spec.release?.digest, weight }))
}
