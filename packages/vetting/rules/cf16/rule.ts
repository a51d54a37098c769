import { ofEachComponent, type Call, type Component, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { notEvidenced } from '../cases.ts'
import { loaded, loads, perSecond } from '../loads.ts'

export const cf16: Rule = {
  id: 'CF16',
  title: 'Store that cannot bear the loss of its cache',
  severity: 'high',
  why:
    'When a cache is empty, after a restart or an eviction, everything that it answered goes to the store at once. A store that cannot bear ' +
    'that never lets the cache fill again (Nishtala et al., Scaling Memcache at Facebook, NSDI 2013: thundering herds; Bronson et al. 2021).',
  fix: 'Let few requests through at a time, fill the cache before it is used, or give the store room for all.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A service that asks a cache, and a store for what the cache does not have. */
interface Cached {
  readonly service: Component
  readonly cache: Component
  readonly lookup: Call
  readonly store: Component
}

function check(graph: Graph): RuleResult {
  const pairs = graph.once(cachedStores)
  const known = new Map(graph.once(loaded).map((each) => [each.component.id, each]))
  const weaknesses: Weakness[] = []
  const unknown: string[] = []
  for (const pair of pairs) {
    const asked = graph.once(loads).get(pair.lookup.from)?.usual
    const store = known.get(pair.store.id)
    if (asked === undefined || store === undefined) {
      unknown.push(`${pair.store.id} without ${pair.cache.id}`)
      continue
    }
    const most = store.capacity.value * store.replicas
    const missed = store.usual + asked * Math.max(0, pair.lookup.perRequest?.value ?? 1)
    if (missed > most && store.usual <= most) weaknesses.push(weakness(pair, { missed, most }, graph))
  }
  return {
    weaknesses,
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether stores bear the load when their cache is empty: ${names}`,
    ),
  }
}

const cachedStores = ofEachComponent((service, near): Cached | undefined => {
  if (service.kind.value !== 'service') return undefined
  const calls = [service.id, ...near.operationsOf(service.id).map(({ id }) => id)].flatMap((id) =>
    near.callsFrom(id),
  )
  const ends = calls.map((call) => ({ call, callee: near.ownerOf(call.to) }))
  const lookup = ends.find(({ callee }) => callee?.kind.value === 'cache')
  const store = ends.find(({ callee }) => callee?.kind.value === 'store')?.callee
  if (lookup?.callee === undefined || store === undefined) return undefined
  return { service, cache: lookup.callee, lookup: lookup.call, store }
})

function weakness(
  { service, cache, lookup, store }: Cached,
  { missed, most }: { readonly missed: number; readonly most: number },
  graph: Graph,
): Weakness {
  const capacity = graph.component(store.id)?.capacity?.evidence ?? store.evidence
  return {
    subject: store.id,
    message: `When ${cache.id} is empty, ${service.id} asks ${store.id} for ${perSecond(missed)}, which can answer ${Math.round(most)}.`,
    path: [
      { id: service.id },
      { id: cache.id, note: 'is empty', evidence: lookup.evidence },
      { id: store.id, note: `can answer ${Math.round(most)} a second`, evidence: capacity },
    ],
    evidence: [lookup.evidence, capacity],
    fix: `let ${service.id} ask ${store.id} once for what many want, and for at most ${perSecond(most)}`,
    identity: [service.id, cache.id],
  }
}
