import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Clock } from '@plimsoll/base'
import {
  createKey,
  createSigningKey,
  openAuthority,
  proveKey,
  readCredentials,
  signSubjectToken,
  spiffeId,
  type Authority,
  type Credentials,
  type Identity,
  type SigningKey,
  type SubjectClaims,
} from '@plimsoll/identity'
import { createCaller, type Caller, type CallerOptions } from '../caller.ts'
import { createLogger, type Logger } from '../log.ts'
import { serve, type ServeOptions, type Server } from '../server.ts'
import type { AnyService, Subject } from '../service.ts'
import type { Endpoint, Snapshot } from '../workload/protocol.ts'

type LogLine = Readonly<Record<string, string | number | boolean>>

export const trustDomain = 'shop.test'

/** A real authority with served services around it, for one test; everything ends with the test. */
export interface Town {
  readonly authority: Authority
  readonly lines: readonly LogLine[]
  readonly logger: Logger
  credentials(kind: Identity['kind'], name: string, lifetimeMs?: number): Credentials
  /** Serves, and makes it known to all others; `options` replace the usual ones. */
  serve(service: AnyService, options?: Partial<ServeOptions>): Promise<Server>
  /** Lets these SPIFFE IDs, `kind/name`, call an operation, `service.operation`. */
  allow(operation: string, ...callers: readonly string[]): void
  place(service: string, endpoints: readonly string[]): void
  snapshot(service?: string): Snapshot
  /** A token about a subject, as the gateway `front` makes it for these services, and any other as `changes` say. */
  subject(subject: Subject, changes?: Partial<SubjectClaims>, key?: SigningKey): string
  caller(kind: Identity['kind'], name: string, options?: Partial<CallerOptions>): Caller
}

export async function openTown(test: TestContext, clock?: Clock): Promise<Town> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-town-'))
  const authority = openAuthority(join(folder, 'authority'), trustDomain, clock)
  const lines: LogLine[] = []
  const logger = createLogger({
    service: 'town',
    instance: 'town/0',
    sink: (line) => void lines.push(JSON.parse(line) as LogLine),
  })
  const map = createMap()
  const endings: (() => Promise<unknown>)[] = []
  test.after(async () => {
    await Promise.all(endings.map((end) => end()))
    await rm(folder, { recursive: true })
  })

  const town: Town = {
    authority,
    lines,
    logger,
    credentials: (kind, name, lifetimeMs) => issue(authority, { kind, name, lifetimeMs }),
    async serve(service, options) {
      const { name } = service.contract
      const credentials = town.credentials('service', name)
      const server = await serve(service, {
        credentials: () => credentials,
        listen: { host: '127.0.0.1', port: 0 },
        snapshot: () => town.snapshot(name),
        trust: () => authority.trust,
        dataFolder: folder,
        externals: {},
        logger,
        drainMs: 1_000,
        ...options,
      })
      endings.push(() => server.close())
      map.place(name, [...addressesOf(map.snapshot(), name), server.address])
      return server
    },
    ...map,
    subject: tokens(authority),
    caller(kind, name, options) {
      const credentials = town.credentials(kind, name)
      const caller = createCaller({
        credentials: () => credentials,
        trustDomain,
        snapshot: () => town.snapshot(),
        ...options,
      })
      endings.push(() => caller.close())
      return caller
    },
  }
  return town
}

/** Tokens of the one gateway whose key all services know. */
function tokens(authority: Authority): Town['subject'] {
  const own = createSigningKey()
  const iss = spiffeId(trustDomain, 'gateway', 'front')
  authority.admitSubjectKey({ publicKey: own.publicKey, issuer: iss })
  return ({ consumer, scopes }, changes, key = own) => {
    const iat = Math.floor(Date.now() / 1_000)
    const aud = ['catalog', 'orders', 'pricing']
    const times = { iat, exp: iat + 60 }
    return signSubjectToken(
      { iss, sub: consumer, aud, scope: scopes.join(' '), key: 'storefront-key', ...times, ...changes },
      key,
    )
  }
}

/** Who is where, and who may call whom. */
function createMap(): Pick<Town, 'allow' | 'place' | 'snapshot'> {
  const endpoints: Record<string, readonly Endpoint[]> = {}
  const callers: Record<string, Record<string, readonly string[]>> = {}
  return {
    allow(operation, ...allowed) {
      const [service = '', name = ''] = operation.split('.')
      const ids = allowed.map((id) => `spiffe://${trustDomain}/${id}`)
      callers[service] = { ...callers[service], [name]: ids }
    },
    place(service, addresses) {
      endpoints[service] = addresses.map((address, index) => ({ address, instance: `${service}/${index}` }))
    },
    snapshot: (service = '') => ({ revision: 1, endpoints, callers: callers[service] ?? {} }),
  }
}

function addressesOf({ endpoints }: Snapshot, service: string): readonly string[] {
  return (endpoints[service] ?? []).map(({ address }) => address)
}

interface Wanted {
  readonly kind: Identity['kind']
  readonly name: string
  readonly lifetimeMs?: number | undefined
}

/** Credentials from any authority, also a foreign one. */
export function issue(authority: Authority, { kind, name, lifetimeMs }: Wanted): Credentials {
  const { privateKey, publicKey } = createKey()
  const { certificateChain } = authority.issueWorkload({
    publicKey,
    proof: proveKey(privateKey, publicKey),
    identity: spiffeId(authority.trustDomain, kind, name),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
  })
  return readCredentials({ certificateChain, privateKey, bundle: authority.bundle })
}
