import type { Credentials, SpiffeId } from '@plimsoll/identity'
import { CallFailure } from './errors.ts'
import type { Connect, Connection } from './transport/transport.ts'
import type { Endpoint, Snapshot } from './workload/protocol.ts'

const suspensionMs = 1_000
const mostInFlight = 512

export interface EndpointsOptions {
  readonly connect: Connect
  readonly credentials: () => Credentials
  readonly snapshot: () => Snapshot
  readonly expected: (service: string) => SpiffeId
  readonly maxOutputBytes: number
}

/** One address of one service, with what is known of it. */
export interface OpenEndpoint {
  readonly address: string
  readonly connection: Connection
  inFlight: number
  /** Not chosen before then, on the clock of `performance`. */
  suspendedUntil: number
}

/** The endpoints of all services that this workload calls: follows the snapshot and the credentials, and chooses. */
export class Endpoints {
  readonly #options: EndpointsOptions
  readonly #open = new Map<string, OpenEndpoint>()
  #snapshot: Snapshot | undefined
  #credentials: Credentials | undefined
  #turn = 0

  constructor(options: EndpointsOptions) {
    this.#options = options
  }

  /**
   * The least busy endpoint, in turns among equals; one that did not answer a moment ago only where there is no other.
   * @throws {CallFailure} `UNAVAILABLE` where none is known that is not among `tried`.
   */
  choose(service: string, tried: ReadonlySet<string>): OpenEndpoint {
    this.#follow()
    const known = this.#listed(service).filter(({ address }) => !tried.has(address))
    const open = known.map(({ address }) => this.#openEndpoint(service, address))
    const now = performance.now()
    const awake = open.filter((endpoint) => endpoint.suspendedUntil <= now)
    const candidates = awake.length > 0 ? awake : open
    const least = Math.min(...candidates.map(({ inFlight }) => inFlight))
    const equals = candidates.filter(({ inFlight }) => inFlight === least)
    const chosen = equals[this.#turn++ % Math.max(1, equals.length)]
    if (chosen === undefined) throw unavailable(service, `no replica of ${service} can be reached`)
    if (least >= mostInFlight) throw unavailable(service, `too many calls of ${service} at once`)
    return chosen
  }

  /** Puts an endpoint that cannot be reached aside for a moment. */
  suspend(endpoint: OpenEndpoint): void {
    endpoint.suspendedUntil = performance.now() + suspensionMs
  }

  close(): void {
    for (const { connection } of this.#open.values()) connection.close()
    this.#open.clear()
  }

  #listed(service: string): readonly Endpoint[] {
    const { endpoints } = this.#options.snapshot()
    return Object.hasOwn(endpoints, service) ? (endpoints[service] ?? []) : []
  }

  #openEndpoint(service: string, address: string): OpenEndpoint {
    const key = keyOf(service, address)
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const { connect, credentials, expected, maxOutputBytes } = this.#options
    const connection = connect({
      address,
      credentials: credentials(),
      expected: expected(service),
      maxOutputBytes,
    })
    const endpoint = { address, connection, inFlight: 0, suspendedUntil: 0 }
    this.#open.set(key, endpoint)
    return endpoint
  }

  /** New credentials retire every connection; a new snapshot those to addresses that are gone. */
  #follow(): void {
    const credentials = this.#options.credentials()
    const snapshot = this.#options.snapshot()
    if (credentials !== this.#credentials) this.#retire(() => true)
    else if (snapshot !== this.#snapshot) {
      const listed = new Set(
        Object.entries(snapshot.endpoints).flatMap(([service, endpoints]) =>
          endpoints.map(({ address }) => keyOf(service, address)),
        ),
      )
      this.#retire((key) => !listed.has(key))
    }
    this.#credentials = credentials
    this.#snapshot = snapshot
  }

  #retire(which: (key: string) => boolean): void {
    for (const [key, { connection }] of this.#open) {
      if (!which(key)) continue
      connection.retire()
      this.#open.delete(key)
    }
  }
}

function keyOf(service: string, address: string): string {
  return `${service} ${address}`
}

function unavailable(service: string, message: string): CallFailure {
  return new CallFailure('UNAVAILABLE', message, { target: service, notBegun: true })
}
