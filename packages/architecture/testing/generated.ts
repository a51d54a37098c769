import {
  defaultDataClasses,
  type Architecture,
  type ArchitectureOperation,
  type Call,
  type Component,
  type ComponentKind,
  type Evidence,
  type Fact,
  type Zone,
} from '../model.ts'
import { randomNumbers } from '../analyses/overload/random.ts'

export interface GeneratedOptions {
  readonly components: number
  /** Same seed, same architecture. Default 1. */
  readonly seed?: number
  /** Calls for each component. Default 6. */
  readonly callsPerComponent?: number
}

interface Draft {
  readonly components: Component[]
  readonly operations: ArchitectureOperation[]
  readonly calls: Call[]
  readonly random: () => number
}

const layers = 7
const evidence = (file: string, line: number): Evidence => ({ file, line })

/**
 * A large architecture with the shape of real ones: layers of services, few that are called by many (preferential
 * attachment, Barabási and Albert 1999), stores of their own, some shared infrastructure, gateways, clients, hosts in
 * zones, attempts, deadlines and data classes, and of each fact some that nobody declared.
 */
export function generatedArchitecture({
  components,
  seed = 1,
  callsPerComponent = 6,
}: GeneratedOptions): Architecture {
  const draft: Draft = { components: [], operations: [], calls: [], random: randomNumbers(seed) }
  const services = Math.max(layers, Math.round(components * 0.78))
  addServices(draft, services)
  addInfrastructure(draft, services, components)
  addServiceCalls(draft, services, components * callsPerComponent)
  const calls = withTimeouts(draft)
  const zones = ['edge', 'inner', 'data'].map((id): Zone => ({
    id,
    clearance: fact(clearances[id] ?? 'internal', 1),
    evidence: evidence('zones.yaml', 1),
  }))
  return {
    format: 'plimsoll/architecture/1',
    name: `generated-${components}`,
    components: draft.components.toSorted(byId),
    operations: draft.operations.toSorted(byId),
    calls: calls.toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to)),
    zones,
    dataClasses: defaultDataClasses,
    notes: [],
  }
}

const clearances: Readonly<Record<string, string>> = {
  edge: 'confidential',
  inner: 'personal',
  data: 'secret',
}

function addServices({ components, operations, random }: Draft, count: number): void {
  const hosts = Math.max(3, Math.ceil(count / 8))
  for (let at = 0; at < count; at += 1) {
    const id = `service-${at}`
    const layer = layerOf(at, count)
    const replicas = random() < 0.04 ? 1 : 2 + Math.floor(random() ** 2 * 4)
    components.push({
      ...component(id, 'service', at),
      zone: fact(layer === 0 ? 'edge' : 'inner', at),
      owner: fact(`team-${Math.floor(at / 12)}`, at),
      ...maybe(random() < 0.9, { replicas: fact(replicas, at) }),
      ...maybe(random() < 0.3, { hosts: fact(hostsFrom(random, hosts, replicas), at) }),
      ...maybe(random() < 0.3, { spread: fact(true, at) }),
      ...maybe(random() < 0.5, { pool: fact(10, at) }),
      ...maybe(random() < 0.5, { capacity: fact(50 + Math.floor(random() * 500), at) }),
      ...maybe(random() < 0.1, { secrets: fact([`secret-${Math.floor(random() * 20)}`], at) }),
    })
    const own = 1 + Math.floor(random() * 3)
    for (let number = 0; number < own; number += 1)
      operations.push(operation(id, number, layer, { random, at }))
  }
}

function operation(
  component: string,
  number: number,
  layer: number,
  { random, at }: { random: () => number; at: number },
): ArchitectureOperation {
  const entry = layer === 0 && random() < 0.5
  const deepest = defaultDataClasses.length - 1
  const dataClass =
    defaultDataClasses[Math.min(deepest, Math.floor(random() ** 2 * defaultDataClasses.length))] ?? 'internal'
  return {
    id: `${component}.do-${number}`,
    component,
    name: `do-${number}`,
    access: fact(entry ? (random() < 0.1 ? 'public' : 'consumers') : 'services', at),
    ...maybe(random() < 0.6, { dataOut: fact([dataClass], at) }),
    ...maybe(random() < 0.3, { dataIn: fact(['internal'], at) }),
    ...maybe(random() < 0.06, { openOutput: fact(true, at) }),
    ...maybe(random() < 0.8, { idempotent: fact(random() < 0.8, at) }),
    ...maybe(random() < (entry ? 0.8 : 0.01), { scopes: fact([`scope-${Math.floor(random() * 30)}`], at) }),
    ...maybe(entry && random() < 0.3, { objective: fact(0.999, at) }),
    evidence: evidence('services.yaml', at + 1),
  }
}

function addInfrastructure(draft: Draft, services: number, count: number): void {
  const { components, calls, random } = draft
  const rest = Math.max(6, count - services)
  const kinds: readonly (readonly [ComponentKind, number])[] = [
    ['store', 0.66],
    ['cache', 0.08],
    ['broker', 0.04],
    ['external', 0.08],
    ['gateway', 0.02],
    ['client', 0.05],
    ['identity-provider', 0.01],
    ['configuration', 0.01],
    ['monitoring', 0.05],
  ]
  for (const [kind, share] of kinds) {
    const number = Math.max(1, Math.round(rest * share))
    for (let at = 0; at < number; at += 1) {
      const id = `${kind}-${at}`
      components.push({
        ...component(id, kind, at),
        zone: fact(kind === 'store' || kind === 'cache' ? 'data' : 'edge', at),
        ...maybe(kind !== 'external' && random() < 0.8, { replicas: fact(random() < 0.04 ? 1 : 2, at) }),
        ...maybe(kind === 'client', {
          scopes: fact(
            Array.from({ length: 5 }, () => `scope-${Math.floor(random() * 30)}`),
            at,
          ),
          receives: fact('confidential', at),
        }),
        ...maybe(kind === 'store', { holds: fact(['personal'], at), connectionLimit: fact(100, at) }),
        ...maybe(kind === 'gateway', { published: fact([{ port: '443' }], at) }),
      })
      if (kind === 'client') addClientCalls(draft, id, at)
      else if (kind !== 'gateway') calls.push(call(`service-${Math.floor(random() * services)}`, id, random))
    }
  }
}

/** A client calls a handful of entries, each through a gateway. */
function addClientCalls({ operations, calls, random }: Draft, id: string, at: number): void {
  const entries = operations.filter(({ access }) => access?.value !== 'services')
  for (let number = 0; number < 8 && entries.length > 0; number += 1) {
    const entry = entries[Math.floor(random() * entries.length)]
    if (entry !== undefined)
      calls.push({
        ...call(id, entry.id, random),
        through: fact('gateway-0', at),
        authentication: fact('api-key', at),
      })
  }
}

/** Calls lead downwards, mostly to the next layers, and to whom many call already; one in a thousand leads back up. */
function addServiceCalls(draft: Draft, services: number, total: number): void {
  const { operations, components, calls, random } = draft
  const layerAt = (id: string) => layerOf(Number(id.slice('service-'.length).split('.')[0]), services)
  const stores = components.filter(({ kind }) => keepsData.has(kind.value)).map(({ id }) => id)
  const popular = Array.from({ length: layers }, (): string[] => [])
  for (const { id } of operations) popular[layerAt(id)]?.push(id)
  /** Who calls much calls more: out-degrees have a long tail, too. */
  const busy: string[] = []
  const seen = new Set(calls.map(({ from, to }) => `${from} ${to}`))
  const caller = () =>
    random() < 0.4 ? oneOf(busy, random()) : operations[Math.floor(random() ** 1.5 * operations.length)]?.id
  for (let tries = 0; calls.length < total && tries < total * 4; tries += 1) {
    const from = caller()
    if (from === undefined) continue
    const to = random() < 0.15 ? oneOf(stores, random()) : target(layerAt(from), popular, random)
    if (to === undefined || to === from || seen.has(`${from} ${to}`)) continue
    seen.add(`${from} ${to}`)
    calls.push(call(from, to, random))
    busy.push(from)
    if (to.includes('.')) popular[layerAt(to)]?.push(to)
  }
}

const keepsData = new Set(['store', 'cache'])

function oneOf(list: readonly string[], random: number): string | undefined {
  return list[Math.floor(random * list.length)]
}

function target(
  layer: number,
  popular: readonly (readonly string[])[],
  random: () => number,
): string | undefined {
  const back = random() < 0.001
  const below = back
    ? Math.floor(random() * layers)
    : Math.min(layers - 1, layer + 1 + Math.floor(random() ** 2 * 3))
  return below <= layer && !back ? undefined : oneOf(popular[below] ?? [], random())
}

function call(from: string, to: string, random: () => number): Call {
  const line = Math.floor(random() * 1000) + 1
  return {
    from,
    to,
    encrypted: fact(random() < 0.9, line),
    ...maybe(random() < 0.8, { authentication: fact('mutual-tls', line) }),
    ...maybe(random() < 0.5, { attempts: fact(random() < 0.95 ? 1 : 2 + Math.floor(random() * 2), line) }),
    ...maybe(random() < 0.5, { backoff: fact(true, line) }),
    ...maybe(random() < 0.8, { required: fact(random() < 0.75, line) }),
    ...maybe(random() < 0.9, { synchronous: fact(random() < 0.9, line) }),
    evidence: evidence('calls.yaml', line),
  }
}

const storeMs = 20
const longestMs = 120_000

/**
 * Deadlines with room for what an operation calls, and timeouts after them, from the lowest layer up; three in a hundred are
 * too short, and some nobody declared.
 */
function withTimeouts({ operations, calls, random }: Draft): readonly Call[] {
  const made = Map.groupBy(calls, ({ from }) => from)
  const deadlines = new Map<string, number>()
  const timed: Call[] = []
  const number = ({ component }: ArchitectureOperation) => Number(component.slice('service-'.length))
  for (const [at, operation] of [...operations.entries()].toSorted(([, a], [, b]) => number(b) - number(a))) {
    let neededMs = storeMs
    for (const call of made.get(operation.id) ?? []) {
      const timeoutMs = deadlines.get(call.to) ?? storeMs
      neededMs += timeoutMs * (call.attempts?.value ?? 1) * (call.synchronous?.value === false ? 0 : 1)
      timed.push(random() < 0.8 ? { ...call, timeoutMs: fact(timeoutMs, at) } : call)
    }
    const deadlineMs = Math.min(longestMs, Math.round(neededMs * (random() < 0.03 ? 0.5 : 1.5)))
    deadlines.set(operation.id, deadlineMs)
    if (random() < 0.8) operations[at] = { ...operation, deadlineMs: fact(deadlineMs, at) }
  }
  const ids = new Set(operations.map(({ id }) => id))
  return [...timed, ...calls.filter(({ from }) => !ids.has(from))]
}

function component(id: string, kind: ComponentKind, at: number): Component {
  return { id, kind: fact(kind, at), evidence: evidence(`${kind}s.yaml`, at + 1) }
}

function hostsFrom(random: () => number, hosts: number, replicas: number): readonly string[] {
  return Array.from({ length: replicas }, () => {
    const host = Math.floor(random() * hosts)
    return `zone-${host % 3}/host-${host}`
  })
}

/** Narrow at the top, like real ones: an eighth of the services are entries' owners. */
function layerOf(at: number, count: number): number {
  const share = at / count
  return share < 0.125 ? 0 : Math.min(layers - 1, 1 + Math.floor(((share - 0.125) / 0.875) * (layers - 1)))
}

function fact<T>(value: T, line: number): Fact<T> {
  return { value, evidence: { file: 'services.yaml', line: line + 1 } }
}

function maybe<Part extends object>(holds: boolean, part: Part): Part | object {
  return holds ? part : {}
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return compare(a.id, b.id)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
