import type { Credentials, SpiffeId } from '@plimsoll/identity'
import { CallFailure } from './errors.ts'
import { Bulkhead, type BulkheadLimits } from './resilience/bulkhead.ts'
import { chooseEndpoint } from './resilience/choice.ts'
import { OpenEndpoint } from './resilience/endpoint.ts'
import { mostEjected } from './resilience/outlier.ts'
import { ReleaseSplit } from './resilience/release-split.ts'
import { RetryBudget } from './resilience/retry-budget.ts'
import { EndpointWatch } from './resilience/watch.ts'
import type { Connect, Connection } from './transport/transport.ts'
import type { Endpoint, Snapshot } from './workload/protocol.ts'

export interface EndpointsOptions {
  readonly connect: Connect
  readonly credentials: () => Credentials
  readonly snapshot: () => Snapshot
  readonly expected: (service: string) => SpiffeId
  readonly maxOutputBytes: number
  readonly bulkhead: BulkheadLimits
  /** Told which releases of a service run side by side, after each change; none where it is one. */
  readonly onReleases?: ((service: string, releases: ReadonlySet<string>) => void) | undefined
}

/** One service that is called, with all that bounds what it is asked for. */
export class Target {
  readonly service: string
  readonly budget = new RetryBudget()
  readonly bulkhead: Bulkhead
  #endpoints: readonly OpenEndpoint[] = []
  #split: ReleaseSplit | undefined

  constructor(service: string, bulkhead: BulkheadLimits) {
    this.service = service
    this.bulkhead = new Bulkhead(bulkhead)
  }

  get endpoints(): readonly OpenEndpoint[] {
    return this.#endpoints
  }

  set endpoints(endpoints: readonly OpenEndpoint[]) {
    this.#endpoints = endpoints
    this.#split = ReleaseSplit.of(endpoints)
  }

  choose(tried: ReadonlySet<OpenEndpoint> | undefined, now: number): OpenEndpoint | undefined {
    return this.#split === undefined
      ? chooseEndpoint(this.#endpoints, tried, now)
      : this.#split.choose(tried, now)
  }

  /** The call went wrong in a way that is the endpoint's own. */
  failed(endpoint: OpenEndpoint, now: number): void {
    if (!endpoint.outlier.failed(now)) return
    const ejected = this.#endpoints.filter(({ outlier }) => now < outlier.ejectedUntil).length
    if (ejected + 1 <= this.#endpoints.length * mostEjected) endpoint.outlier.eject(now)
  }
}

/** The endpoints of all services that this workload calls: follows the snapshot and the credentials, and chooses. */
export class Endpoints {
  readonly #options: EndpointsOptions
  readonly #targets = new Map<string, Target>()
  readonly #watch = new EndpointWatch(() => {
    this.#follow()
    return this.#all()
  })
  #snapshot: Snapshot | undefined
  #credentials: Credentials | undefined
  #closed = false

  constructor(options: EndpointsOptions) {
    this.#options = options
  }

  target(service: string): Target {
    this.#follow()
    let target = this.#targets.get(service)
    if (target === undefined) {
      target = new Target(service, this.#options.bulkhead)
      this.#list(target)
      // What nobody lists is not remembered, so that names alone take no memory.
      if (target.endpoints.length > 0) this.#targets.set(service, target)
    }
    return target
  }

  /** The endpoint to ask next, of those that were not tried; undefined where there is none. */
  choose(
    target: Target,
    tried: ReadonlySet<OpenEndpoint> | undefined,
    now: number,
  ): OpenEndpoint | undefined {
    this.#follow()
    if (this.#closed) return undefined
    this.#watch.wake()
    return target.choose(tried, now)
  }

  close(): void {
    this.#closed = true
    this.#watch.close()
    for (const { connection } of this.#all()) connection.close()
    this.#targets.clear()
  }

  *#all(): Generator<OpenEndpoint> {
    for (const { endpoints } of this.#targets.values()) yield* endpoints
  }

  /** New credentials replace every connection; a new snapshot retires those to addresses that are gone. */
  #follow(): void {
    const credentials = this.#options.credentials()
    const snapshot = this.#options.snapshot()
    const renewed = credentials !== this.#credentials
    const moved = snapshot !== this.#snapshot
    if (!renewed && !moved) return
    this.#credentials = credentials
    this.#snapshot = snapshot
    for (const target of this.#targets.values()) {
      if (renewed) this.#reconnect(target)
      if (moved) this.#list(target)
    }
  }

  #reconnect(target: Target): void {
    const { credentials, expected } = this.#options
    // Whoever is revoked finishes nothing.
    const revoked = credentials().revoked?.identities.includes(expected(target.service)) === true
    for (const endpoint of target.endpoints) {
      if (revoked) endpoint.connection.close()
      else endpoint.connection.retire()
      endpoint.connection = this.#connect(target.service, endpoint.address)
    }
  }

  /** What is known of an endpoint stays known while its address is listed. */
  #list(target: Target): void {
    const now = performance.now()
    const before = new Map(target.endpoints.map((endpoint) => [endpoint.address, endpoint]))
    const listed = new Map(this.#listed(target.service).map((endpoint) => [endpoint.address, endpoint]))
    target.endpoints = Array.from(listed, ([address, { release, weight }]) => {
      const endpoint =
        before.get(address) ?? new OpenEndpoint(address, this.#connect(target.service, address), now)
      return Object.assign(endpoint, { release, weight })
    })
    for (const [address, { connection }] of before) if (!listed.has(address)) connection.retire()
    const releases = target.endpoints.flatMap(({ release }) => release ?? [])
    this.#options.onReleases?.(target.service, new Set(releases))
  }

  #listed(service: string): readonly Endpoint[] {
    const endpoints = this.#snapshot?.endpoints ?? {}
    return Object.hasOwn(endpoints, service) ? (endpoints[service] ?? []) : []
  }

  #connect(service: string, address: string): Connection {
    const { connect, credentials, expected, maxOutputBytes } = this.#options
    return connect({ address, credentials: credentials(), expected: expected(service), maxOutputBytes })
  }
}

/** @returns a failure of a call that certainly did not begin */
export function unavailable(service: string, message: string): CallFailure {
  return new CallFailure('UNAVAILABLE', message, { target: service, notBegun: true })
}
