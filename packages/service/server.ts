import { describeContract, type ServiceManifest } from '@plimsoll/contract'
import type { Credentials, TrustState } from '@plimsoll/identity'
import { createCaller } from './caller.ts'
import { createClients } from './clients.ts'
import { createContextClass } from './context.ts'
import { serveCall } from './interceptors/chain.ts'
import type { Serving } from './interceptors/interceptor.ts'
import type { Logger } from './log.ts'
import { serveOperation, type ServedOperation } from './operation.ts'
import { LoadShedder, type Admission } from './resilience/load-shedder.ts'
import type { AnyService } from './service.ts'
import { Subjects } from './subject.ts'
import { Telemetry } from './telemetry/telemetry.ts'
import type { ListenPlace } from './transport/address.ts'
import { httpRoutes } from './transport/http-routes.ts'
import { listen } from './transport/listener.ts'
import type { ServerLimits } from './transport/transport.ts'
import type { Snapshot } from './workload/protocol.ts'

export interface ServeOptions {
  /** Asked for every new connection; a new object means renewed credentials. */
  readonly credentials: () => Credentials
  readonly listen: ListenPlace
  readonly snapshot: () => Snapshot
  /** Whose tokens about subjects count; without it none does. */
  readonly trust?: (() => TrustState | undefined) | undefined
  /** The vetted manifest; its `calls` hold each handler to the calls that were vetted. */
  readonly manifest?: ServiceManifest | undefined
  readonly dataFolder: string
  /** Addresses of externals, by name. */
  readonly externals: Readonly<Record<string, { readonly url: string }>>
  readonly logger: Logger
  /** Where its spans and metrics are kept. Default: one of its own. */
  readonly telemetry?: Telemetry
  readonly limits?: Partial<ServerLimits>
  /** Decides which calls run, and when. Default: a load shedder that finds its own limit. */
  readonly admission?: Admission
  /** How long `close` waits for calls that run, in milliseconds. Default 10 s. */
  readonly drainMs?: number
}

/** A service that is being served. */
export interface Server {
  /** `host:port`, or `unix:` and a path. */
  readonly address: string
  /** Takes nothing new, finishes what runs, closes every connection. */
  close(): Promise<void>
}

const defaultLimits: ServerLimits = {
  maxInputBytes: 1_048_576,
  maxInputDepth: 32,
  maxConnections: 1_024,
  maxRunning: 1_024,
  requestTimeoutMs: 10_000,
}

/**
 * Serves a contract over mutual TLS, and gives its handlers the clients of their uses. `start` and `stop` of the service
 * are not called here: they belong to the life of a process, not of a listener.
 */
export async function serve(service: AnyService, options: ServeOptions): Promise<Server> {
  const { credentials, snapshot, logger } = options
  const { name } = service.contract
  const { telemetry = new Telemetry({ service: name, instance: name }) } = options
  const limits = { ...defaultLimits, ...options.limits }
  const caller = createCaller({
    credentials,
    trustDomain: credentials().identity.trustDomain,
    snapshot,
    telemetry,
  })
  const clients = createClients({ uses: service.uses, caller, externals: options.externals, logger })
  const serving: Serving = {
    service: name,
    identity: () => credentials().identity,
    operations: serveOperations(service, clients, options),
    snapshot,
    subjects: new Subjects(name, options.trust ?? (() => undefined)),
    logger,
    telemetry,
    admission: options.admission ?? new LoadShedder({ logger, mostRunning: limits.maxRunning }),
  }
  const listener = await listen(
    {
      credentials,
      place: options.listen,
      limits,
      http: httpRoutes(describeContract(service.contract), ({ id }) => mayCallSomething(id, snapshot())),
      logger,
    },
    (incoming) => serveCall(incoming, serving),
  )
  return {
    address: listener.address,
    async close() {
      await listener.drain(options.drainMs ?? 10_000)
      await caller.close()
    },
  }
}

function mayCallSomething(id: string, { callers }: Snapshot): boolean {
  return Object.values(callers).some((allowed) => allowed.includes(id))
}

function serveOperations(
  service: AnyService,
  clients: ReturnType<typeof createClients>,
  { manifest, dataFolder }: ServeOptions,
): ReadonlyMap<string, ServedOperation> {
  const handlers = service.operations
  const served = Object.values(service.contract.operations).map((operation) => {
    const handler = handlers[operation.name]
    if (handler === undefined) throw new TypeError(`${operation.name} has no handler`)
    const calls = manifest?.calls ?? {}
    const context = createContextClass({
      operation: `${operation.service}.${operation.name}`,
      clients,
      vettedCalls: Object.hasOwn(calls, operation.name) ? calls[operation.name] : undefined,
      dataFolder,
    })
    return [operation.name, serveOperation(operation, handler, context)] as const
  })
  return new Map(served)
}
