import {
  entriesOf,
  graphOf,
  type Architecture,
  type Call,
  type Component,
  type Fact,
} from '@plimsoll/architecture'

/** Made worse: a name for what was changed, and the architecture before and after. */
export type Change = readonly [about: string, before: Architecture, after: Architecture]
export type Operator = readonly [
  name: string,
  rule: RegExp,
  apply: (architecture: Architecture) => Iterable<Change>,
]

/** Where a mutant’s facts are said to stand. */
export const evidence = { file: 'mutant.yaml', line: 1 }

export function fact<T>(value: T): Fact<T> {
  return { value, evidence }
}

function withComponent(architecture: Architecture, id: string, facts: Partial<Component>): Architecture {
  return {
    ...architecture,
    components: architecture.components.map((one) => (one.id === id ? { ...one, ...facts } : one)),
  }
}

export function withCalls(
  architecture: Architecture,
  change: (call: Call) => Call,
  more: readonly Call[] = [],
): Architecture {
  const calls = [...architecture.calls.map(change), ...more]
  return { ...architecture, calls: calls.toSorted((a, b) => (a.from + a.to < b.from + b.to ? -1 : 1)) }
}

/** The same fact for each component of some kinds, one component at a time. */
export function eachComponent(
  kinds: readonly string[],
  facts: { readonly before?: Partial<Component>; readonly after: Partial<Component> },
  where: (component: Component, architecture: Architecture) => boolean = () => true,
) {
  return function* (architecture: Architecture): Iterable<Change> {
    for (const component of architecture.components) {
      if (!kinds.includes(component.kind.value) || !where(component, architecture)) continue
      const before =
        facts.before === undefined ? architecture : withComponent(architecture, component.id, facts.before)
      yield [
        component.id,
        before,
        withComponent(before, component.id, mergedHardening(component, facts.after)),
      ]
    }
  }
}

function mergedHardening({ hardening, traits }: Component, facts: Partial<Component>): Partial<Component> {
  return {
    ...facts,
    ...(facts.hardening === undefined ? {} : { hardening: { ...hardening, ...facts.hardening } }),
    ...(facts.traits === undefined ? {} : { traits: { ...traits, ...facts.traits } }),
  }
}

export const running = ['service', 'gateway', 'store', 'broker', 'cache']
export const inner = ['store', 'broker', 'cache']

/** Needed by an entry: what nobody needs may run once. */
export function needed({ id }: Component, architecture: Architecture): boolean {
  const graph = graphOf(architecture)
  const seen = new Set(entriesOf(graph).map((entry) => graph.ownerOf(entry.id)?.id ?? entry.id))
  for (const from of seen) {
    for (const call of architecture.calls) {
      if (
        graph.ownerOf(call.from)?.id !== from ||
        call.required?.value === false ||
        call.synchronous?.value === false
      )
        continue
      const to = graph.ownerOf(call.to)?.id
      if (to !== undefined) seen.add(to)
    }
  }
  return seen.has(id)
}

/** Two calls one after another between three different components. */
function* chains(architecture: Architecture): Iterable<readonly [Call, Call]> {
  const graph = graphOf(architecture)
  const entries = new Set(entriesOf(graph).map(({ id }) => id))
  for (const first of architecture.calls) {
    const to = graph.ownerOf(first.to)
    if (!entries.has(first.from) || to?.kind.value !== 'service') continue
    for (const second of graph.callsOf(first.to)) {
      const last = graph.ownerOf(second.to)
      if (last === undefined || last.id === to.id || last.id === graph.ownerOf(first.from)?.id) continue
      yield [first, second]
    }
  }
}

export function chained(facts: (position: 0 | 1, when: 'before' | 'after') => Partial<Call>) {
  return function* (architecture: Architecture): Iterable<Change> {
    for (const [first, second] of chains(architecture)) {
      const at = (when: 'before' | 'after') =>
        withCalls(architecture, (call) =>
          call === first
            ? { ...call, ...facts(0, when) }
            : call === second
              ? { ...call, ...facts(1, when) }
              : call,
        )
      yield [`${second.from} -> ${second.to}`, at('before'), at('after')]
    }
  }
}

export const eachCall = (
  before: Partial<Call>,
  after: Partial<Call>,
  where: (call: Call, architecture: Architecture) => boolean,
) =>
  function* (architecture: Architecture): Iterable<Change> {
    for (const one of architecture.calls) {
      if (!where(one, architecture)) continue
      const with_ = (facts: Partial<Call>) =>
        withCalls(architecture, (call) => (call === one ? { ...call, ...facts } : call))
      yield [`${one.from} -> ${one.to}`, with_(before), with_(after)]
    }
  }

export const betweenServices = ({ from, to }: Call, architecture: Architecture) => {
  const graph = graphOf(architecture)
  const kinds = [graph.ownerOf(from)?.kind.value, graph.ownerOf(to)?.kind.value]
  return kinds.every((kind) => kind === 'service' || kind === 'gateway')
}
