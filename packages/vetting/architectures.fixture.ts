// Why: random architectures with any fact of the model, for properties that hold of every one.
import {
  componentKinds,
  defaultDataClasses,
  traits,
  type Architecture,
  type ArchitectureOperation,
  type Call,
  type Component,
  type Fact,
  type Hardening,
} from '@plimsoll/architecture'

/** A number in [0, 1). */
export type Random = () => number

/** Mulberry32: small, and the same for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How a value of each fact is drawn. */
export type Drawing = Readonly<Record<string, (random: Random) => unknown>>

export function oneOf<Value>(...values: readonly Value[]): (random: Random) => Value {
  return (random) => values[Math.floor(random() * values.length)] as Value
}
function someOf<Value>(...values: readonly Value[]): (random: Random) => readonly Value[] {
  return (random) => values.filter(() => random() < 0.5)
}
export const flag = oneOf(true, false)
export const upTo = (most: number) => (random: Random) => Math.floor(random() * (most + 1))
const classes = someOf(...defaultDataClasses)
export const placeOf = (random: Random) => ({
  file: oneOf('compose.yaml', 'k8s.yaml')(random),
  line: upTo(3)(random),
  field: oneOf('spec', 'services.x')(random),
})
export const fact = (value: unknown, random: Random): Fact<unknown> => ({ value, evidence: placeOf(random) })

export const componentFacts: Drawing = {
  kind: oneOf(...componentKinds, 'service', 'service', 'service', 'store', 'gateway'),
  zone: oneOf('edge', 'inner', 'nowhere'),
  owner: oneOf('web', 'finance', 'warehouse', 'data', 'mail'),
  technology: oneOf('plimsoll', 'sqlite', 'postgresql', 'spring', 'eureka', 'redis', 'kafka'),
  replicas: upTo(3),
  hosts: someOf('east/one', 'east/two', 'west/one', 'alone'),
  spread: flag,
  availability: oneOf(0.9, 0.99, 0.999, 1),
  published: oneOf([], [{ port: '443' }], [{ port: '5432' }], [{ port: '80', address: '127.0.0.1' }]),
  ports: someOf('80', '5432'),
  networks: someOf('front', 'back'),
  ingressLimited: flag,
  egressLimited: flag,
  image: oneOf('acme/shop:main', 'nginx', 'acme/shop:1.0', 'postgres:9', 'acme/shop@sha256:00', ''),
  containers: someOf('orders', 'mail', 'envoy'),
  plainSecrets: someOf('DB_PASSWORD', 'API_KEY'),
  secrets: someOf('key', 'password'),
  environmentSecrets: someOf('key', 'password'),
  certificates: someOf('wildcard', 'own'),
  volumes: oneOf<unknown>(
    [],
    [{ name: 'data', kind: 'ephemeral' }],
    [{ name: '/srv', kind: 'host' }],
    [{ name: 'disk', kind: 'persistent' }],
  ),
  autoscaling: (random) => ({ minimum: upTo(3)(random), maximum: 3 + upTo(6)(random) }),
  disruptionBudget: oneOf<unknown>(
    {},
    { minAvailable: '1' },
    { minAvailable: '100%' },
    { maxUnavailable: '0' },
    { maxUnavailable: '1' },
  ),
  update: oneOf<unknown>(
    { strategy: 'recreate' },
    { strategy: 'rolling', maxUnavailable: '100%', maxSurge: '0' },
    { strategy: 'rolling', maxSurge: '1' },
  ),
  liveness: oneOf<unknown>(false, { question: 'GET /live' }, { question: 'GET /health', asks: ['c1', 'c2'] }),
  readiness: oneOf<unknown>(false, { question: 'GET /live' }, { question: 'GET /health', asks: ['c3'] }),
  restarts: flag,
  pool: upTo(20),
  connectionLimit: upTo(60),
  capacity: upTo(500),
  complete: flag,
  scopes: someOf('read', 'write', 'admin'),
  receives: oneOf(...defaultDataClasses),
  holds: classes,
  address: oneOf('https://mail.example', 'http://pay.example', 'localhost:9'),
  version: oneOf('1.0', '2.0', 'latest'),
}
export const hardeningFacts: Readonly<Record<keyof Hardening, Drawing[string]>> = {
  privileged: flag,
  engineSocket: flag,
  hostNetwork: flag,
  hostPid: flag,
  hostIpc: flag,
  hostPaths: someOf('/etc', '/srv'),
  root: flag,
  escalation: flag,
  capabilitiesAdded: someOf('SYS_ADMIN', 'NET_RAW'),
  capabilitiesDropped: someOf('ALL'),
  writableRoot: flag,
  seccomp: flag,
  processorLimit: oneOf<unknown>(false, '500m'),
  memoryLimit: oneOf<unknown>(false, '256Mi'),
  processLimit: oneOf<unknown>(false, '100'),
  storageLimit: oneOf<unknown>(false, '1Gi'),
  serviceAccount: oneOf('default', 'orders'),
  accountToken: flag,
}
export const operationFacts: Drawing = {
  access: oneOf('services', 'consumers', 'public'),
  scopes: someOf('read', 'write', 'admin'),
  dataIn: classes,
  dataOut: classes,
  openOutput: flag,
  deadlineMs: upTo(2000),
  idempotent: flag,
  objective: oneOf(0.9, 0.99, 0.999, 0.99999),
  safe: flag,
  http: oneOf('GET /orders/{id}', 'POST /login', 'DELETE /admin/users'),
  authentication: oneOf('api-key', 'oauth2', 'mutual-tls', 'none'),
  authorised: flag,
  rateLimit: oneOf<unknown>(false, 10),
  load: upTo(1000),
}
export const callFacts = (ids: readonly string[]): Drawing => ({
  through: oneOf(...ids),
  protocol: oneOf('http', 'plimsoll', 'jdbc'),
  encrypted: flag,
  authentication: oneOf('api-key', 'password', 'mutual-tls', 'jwt', 'none'),
  timeoutMs: upTo(3000),
  attempts: upTo(4),
  backoff: flag,
  jitter: flag,
  retryBudget: flag,
  circuitBreaker: flag,
  bulkhead: flag,
  balanced: flag,
  authorised: flag,
  carries: oneOf('nobody', 'caller', 'user', 'caller-and-user'),
  tokenPassedOn: flag,
  audienceChecked: flag,
  fallback: oneOf('stale'),
  perRequest: upTo(8),
  hardCoded: flag,
  observed: upTo(2),
  required: oneOf(true, true, false),
  synchronous: oneOf(true, true, true, false),
  sends: classes,
})

/** Facts of a part, each with a chance. */
function factsOf(drawing: Drawing, random: Random, chance: number): Readonly<Record<string, Fact<unknown>>> {
  const drawn = Object.entries(drawing).filter(() => random() < chance)
  return Object.fromEntries(drawn.map(([name, draw]) => [name, fact(draw(random), random)]))
}

export function componentOf(id: string, random: Random, chance: number): Component {
  const known = factsOf(Object.fromEntries(traits.map((name) => [name, flag])), random, chance / 2)
  const walls = factsOf(hardeningFacts, random, chance)
  return {
    id,
    kind: fact(componentFacts['kind']?.(random), random),
    ...factsOf(componentFacts, random, chance),
    ...(random() < chance ? { traits: known } : {}),
    ...(random() < chance ? { hardening: walls } : {}),
    evidence: placeOf(random),
  } as unknown as Component
}

export function operationOf(
  component: string,
  name: string,
  random: Random,
  chance: number,
): ArchitectureOperation {
  return {
    id: `${component}.${name}`,
    component,
    name,
    ...factsOf(operationFacts, random, chance),
    evidence: placeOf(random),
  }
}

export function callOf(ids: readonly string[], random: Random, chance: number): Call {
  const components = ids.filter((id) => !id.includes('.'))
  const end = oneOf(...ids)
  const { through, ...facts } = factsOf(callFacts(components), random, chance)
  return {
    from: end(random),
    to: end(random),
    ...facts,
    ...(random() < 0.15 && through !== undefined ? { through } : {}),
    evidence: placeOf(random),
  } as unknown as Call
}

const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1)
const ends = ({ from, to }: Call) => `${from} ${to}`

export function sorted(architecture: Architecture): Architecture {
  const { components, operations, calls } = architecture
  return {
    ...architecture,
    components: components.toSorted(byId),
    operations: operations.toSorted(byId),
    calls: calls.toSorted((a, b) => (ends(a) < ends(b) ? -1 : ends(a) > ends(b) ? 1 : 0)),
  }
}

/** Any architecture of a few components. */
export function anyArchitecture(random: Random, size = 3 + Math.floor(random() * 10)): Architecture {
  const chance = random() ** 2 * 0.8
  const names = Array.from({ length: size }, (_, at) => `c${at}`)
  const operations = names.flatMap((name) =>
    ['get', 'set'].filter(() => random() < 0.5).map((verb) => operationOf(name, verb, random, chance)),
  )
  const ids = [...names, ...operations.map(({ id }) => id), ...operations.map(({ id }) => id), 'unknown']
  return sorted({
    format: 'plimsoll/architecture/1',
    name: 'shop',
    components: names.map((name) => componentOf(name, random, chance)),
    operations,
    calls: Array.from({ length: Math.floor(random() * size * 3) }, () => callOf(ids, random, chance)),
    zones: ['edge', 'inner'].map((id) => ({
      id,
      ...factsOf({ clearance: oneOf(...defaultDataClasses) }, random, 0.7),
      evidence: placeOf(random),
    })) as Architecture['zones'],
    ...(random() < 0.5
      ? { networks: ['front', 'back'].map((id) => ({ id, evidence: placeOf(random) })) }
      : {}),
    dataClasses: defaultDataClasses,
    notes: [],
  })
}
