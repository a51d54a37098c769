import type { Problem } from '@plimsoll/base'
import { entriesOf } from './analyses/entries.ts'
import { componentFailures } from './analyses/failure/events.ts'
import { throwProblems } from './errors.ts'
import { graphOf, isNeeded, type Graph } from './graph.ts'
import { closestNames } from './names.ts'
import type { Architecture, Call, Component, Fact } from './model.ts'

/** What somebody imagines. */
export type ImaginedChange =
  /** A component, an operation or a call (`a -> b`) is taken out of the architecture. */
  | { readonly kind: 'without'; readonly name: string }
  /** Something fails: it stays in the architecture, and does not answer. */
  | { readonly kind: 'kill'; readonly what: KillKind; readonly name: string }
  | { readonly kind: 'add-call'; readonly from: string; readonly to: string }
  /** Every entry is asked this many times as often. */
  | { readonly kind: 'load'; readonly factor: number }

/** `zone`: the failure zone of hosts that are written `zone/host`, or a zone of the architecture with all of its components. */
export type KillKind = 'host' | 'zone' | 'component' | 'store' | 'secret' | 'certificate'

/** What would be. */
export interface Imagined {
  /** The architecture as it would stand; ready for every analysis and for `judge`. */
  readonly architecture: Architecture
  /** Components that do not answer at all: those that failed and those that need them, sorted. */
  readonly down: readonly string[]
  /** Components that have fewer replicas than before, and still answer. */
  readonly weakened: readonly string[]
  /** Entries that no longer answer, in the order of `entriesOf`. */
  readonly lost: readonly string[]
  /** Entries that answer without something that they call, and do not need. */
  readonly degraded: readonly string[]
}

/**
 * The architecture after a change that nobody made. Pure: the given one stays as it is.
 *
 * Throws InvalidInput where a name is unknown, with the closest ones that exist.
 */
export function imagine(architecture: Architecture, change: ImaginedChange): Imagined {
  switch (change.kind) {
    case 'without':
      return without(architecture, change.name)
    case 'kill':
      return killed(architecture, change)
    case 'add-call':
      return withCall(architecture, change)
    case 'load':
      return withLoad(architecture, change.factor)
    default:
      return change satisfies never
  }
}

const unchanged = { down: [], weakened: [], lost: [], degraded: [] } as const

function without(architecture: Architecture, name: string): Imagined {
  const { components, operations, calls } = architecture
  const callIds = calls.map(({ from, to }) => `${from} -> ${to}`)
  const ids = [...components, ...operations].map(({ id }) => id)
  if (!ids.includes(name) && !callIds.includes(name))
    unknownName('component, operation or call', name, [...ids, ...callIds])
  const gone = new Set([
    name,
    ...operations.filter(({ component }) => component === name).map(({ id }) => id),
  ])
  const stays = ({ from, to, through }: Call) =>
    !gone.has(from) && !gone.has(to) && !gone.has(through?.value ?? '') && `${from} -> ${to}` !== name
  const left: Architecture = {
    ...architecture,
    components: components.filter(({ id }) => !gone.has(id)),
    operations: operations.filter(({ id }) => !gone.has(id)),
    calls: calls.filter(stays),
  }
  const graph = graphOf(architecture)
  // A call that is taken out is not made any more: nobody fails for it.
  return { architecture: left, ...effects(graph, callIds.includes(name) ? new Set() : gone), weakened: [] }
}

function killed(
  architecture: Architecture,
  { what, name }: { readonly what: KillKind; readonly name: string },
): Imagined {
  const graph = graphOf(architecture)
  const struck = struckBy(architecture, what, name)
  const names = [...new Set(architecture.components.flatMap((component) => struck.names(component)))]
  if (!names.includes(name)) unknownName(what, name, names)
  const failures = componentFailures(graph)
  const down = new Set<string>()
  const replicas = new Map<string, number>()
  for (const component of architecture.components) {
    if (!struck.names(component).includes(name)) continue
    const failure = failures.get(component.id)
    const left = (failure?.replicas ?? []).filter(
      (events) => !struck.byEvent || !events.some(({ kind, subject }) => kind === what && subject === name),
    )
    const survives = struck.byEvent && left.length > 0
    if (survives) replicas.set(component.id, left.length)
    else down.add(component.id)
  }
  return {
    architecture: {
      ...architecture,
      components: architecture.components.map((component) => afterKill(component, down, replicas)),
    },
    ...effects(graph, down),
    weakened: [...replicas.keys()].toSorted(),
  }
}

interface Struck {
  /** True: it strikes single replicas. False: it strikes whole components. */
  readonly byEvent: boolean
  names(component: Component): readonly string[]
}

function struckBy({ zones }: Architecture, what: KillKind, name: string): Struck {
  const zonesOfHosts = ({ hosts }: Component) =>
    (hosts?.value ?? [])
      .filter((host) => host.includes('/'))
      .map((host) => host.slice(0, host.lastIndexOf('/')))
  switch (what) {
    case 'host':
      return { byEvent: true, names: ({ hosts }) => hosts?.value ?? [] }
    case 'zone':
      return {
        byEvent: !zones.some(({ id }) => id === name),
        names: (component) => [
          ...zonesOfHosts(component),
          ...(component.zone === undefined ? [] : [component.zone.value]),
        ],
      }
    case 'secret':
      return { byEvent: false, names: ({ secrets }) => secrets?.value ?? [] }
    case 'certificate':
      return { byEvent: false, names: ({ certificates }) => certificates?.value ?? [] }
    case 'store':
      return { byEvent: false, names: ({ id, kind }) => (kind.value === 'store' ? [id] : []) }
    case 'component':
      return { byEvent: false, names: ({ id }) => [id] }
    default:
      return what satisfies never
  }
}

/** What is down has no replica and cannot be available; what lost some has the others. */
function afterKill(
  component: Component,
  down: ReadonlySet<string>,
  replicas: ReadonlyMap<string, number>,
): Component {
  const left = replicas.get(component.id)
  if (left !== undefined) return { ...component, replicas: imagined(left, component) }
  return down.has(component.id) ? { ...component, availability: imagined(0, component) } : component
}

function imagined<T>(value: T, { evidence }: Component): Fact<T> {
  return { value, evidence: { ...evidence, how: 'inferred' } }
}

/** Who no longer answers, and which entries miss something, when these components and operations do not. */
function effects(graph: Graph, failed: ReadonlySet<string>): Pick<Imagined, 'down' | 'lost' | 'degraded'> {
  if (failed.size === 0) return { down: [], lost: [], degraded: [] }
  const down = spread(graph, failed, isNeeded)
  const touched = spread(graph, failed, () => true)
  const entries = entriesOf(graph)
  const isDown = ({ id, through }: { readonly id: string; readonly through?: string | undefined }) =>
    down.has(id) || (through !== undefined && down.has(through))
  const lost = entries.filter(isDown).map(({ id }) => id)
  const components = graph.architecture.components.map(({ id }) => id)
  return {
    down: components.filter((id) => down.has(id) && graph.component(id)?.kind.value !== 'client').toSorted(),
    lost,
    degraded: entries.filter((entry) => touched.has(entry.id) && !isDown(entry)).map(({ id }) => id),
  }
}

/** Against the calls, from what failed to whoever called it: each once. */
function spread(
  graph: Graph,
  failed: ReadonlySet<string>,
  fails: (call: Call) => boolean,
): ReadonlySet<string> {
  const carried = Map.groupBy(graph.architecture.calls, ({ through }) => through?.value)
  const found = new Set(failed)
  const queue = [...failed]
  const add = (id: string) => {
    if (found.has(id)) return
    found.add(id)
    queue.push(id)
  }
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at] ?? ''
    for (const { id: own } of graph.operationsOf(id)) add(own)
    for (const call of [...graph.callsTo(id), ...(carried.get(id) ?? [])]) {
      if (fails(call) && graph.ownerOf(call.from)?.kind.value !== 'client') add(call.from)
    }
  }
  return found
}

function withCall(
  architecture: Architecture,
  { from, to }: { readonly from: string; readonly to: string },
): Imagined {
  const ids = [...architecture.components, ...architecture.operations].map(({ id }) => id)
  for (const name of [from, to]) if (!ids.includes(name)) unknownName('component or operation', name, ids)
  const evidence = { field: `imagined ${from} -> ${to}`, how: 'inferred' } as const
  const calls = [...architecture.calls, { from, to, evidence }].toSorted(
    (a, b) => compare(a.from, b.from) || compare(a.to, b.to),
  )
  return { architecture: { ...architecture, calls }, ...unchanged }
}

function withLoad(architecture: Architecture, factor: number): Imagined {
  if (!Number.isFinite(factor) || factor <= 0)
    problem({ message: `a load of ${factor} times is no load`, fix: 'give a factor above 0, such as 2' })
  const operations = architecture.operations.map((operation) =>
    operation.load === undefined
      ? operation
      : { ...operation, load: { ...operation.load, value: operation.load.value * factor } },
  )
  return { architecture: { ...architecture, operations }, ...unchanged }
}

function unknownName(what: string, name: string, names: readonly string[]): never {
  const close = closestNames(name, names)
  const fix =
    close.length > 0
      ? `did you mean ${close.join(' or ')}?`
      : `there ${names.length === 0 ? `is no ${what} in the architecture` : `are: ${names.slice(0, 5).join(', ')}`}`
  return problem({ message: `there is no ${what} named ${name}`, fix })
}

function problem(found: Problem): never {
  throwProblems('IMAGINED', [found])
  throw new TypeError('a problem that was not thrown')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
