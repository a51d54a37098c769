import { entriesOf, overload, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { loaded, perSecond, type Loaded } from '../loads.ts'
import { needs, stepsOfNeed } from '../needs.ts'

export const cf15: Rule = {
  id: 'CF15',
  title: 'Retries keep an overload alive',
  severity: 'high',
  why:
    'When something is slow for a moment, every call is tried again: the load multiplies, and where that is more than the capacity, it stays ' +
    'slow after the cause has gone (Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021).',
  fix: 'Bound retries with a budget, take attempts away, or keep more capacity.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Entries that are simulated, to tell what stays down from what may: the most loaded ones, each with bounded work. */
const simulated = 4
const work = 200_000
const seed = 1

function check(graph: Graph): RuleResult {
  const risked = graph
    .once(loaded)
    .filter(({ usual, worst, capacity, replicas }) => worst > usual && worst > capacity.value * replicas)
  const lost = risked.length === 0 ? new Set<string>() : graph.once(lostEntries)
  return { weaknesses: risked.map((each) => weakness(each, lost, graph)) }
}

/** Entries that do not come back after three times their load. */
function lostEntries(graph: Graph): ReadonlySet<string> {
  const entries = entriesOf(graph)
    .map(({ id }) => ({ id, load: graph.operation(id)?.load?.value ?? 0 }))
    .filter(({ load }) => load > 0)
    .toSorted((a, b) => b.load - a.load || (a.id < b.id ? -1 : 1))
    .slice(0, simulated)
    .map(({ id }) => id)
  const lost = overload(graph, { seed, entries, work }).filter(({ recovers }) => recovers === false)
  return new Set(lost.map(({ entry }) => entry))
}

function weakness(each: Loaded, lostOnes: ReadonlySet<string>, graph: Graph): Weakness {
  const {
    component: { id },
    usual,
    worst,
    capacity,
    replicas,
  } = each
  const need = needs(graph).get(id)
  const most = capacity.value * replicas
  const lost = need?.entries.find((entry) => lostOnes.has(entry))
  const way = need?.wayFrom(lost ?? need.entries[0] ?? '') ?? []
  const stays =
    lost === undefined
      ? ''
      : ` In simulation ${lost} stays down when ten seconds of three times the load are over.`
  return {
    subject: id,
    message: `${id} is asked for ${perSecond(usual)}, for ${Math.round(worst)} when calls are tried again, and can answer ${Math.round(most)}.${stays}`,
    path: [
      ...stepsOfNeed(id, need),
      { id, note: `up to ${Math.round(worst)} of ${Math.round(most)} a second`, evidence: capacity.evidence },
    ],
    evidence: [capacity.evidence, ...way.map(({ attempts, evidence }) => attempts?.evidence ?? evidence)],
    fix: `bound the retries before ${id} to a tenth of the calls, or run ${Math.ceil(worst / Math.max(capacity.value, 1))} replicas of it`,
    ...(lost === undefined ? { severity: 'medium' as const } : {}),
  }
}
