import { chainDepths, type ChainDepth, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { isInner } from '../kinds.ts'
import { listed, stepsOf } from '../path.ts'

export const cf8Depth: Rule = {
  id: 'CF8-depth',
  title: 'Long chain of services that wait',
  severity: 'medium',
  why:
    'Each service in a chain adds its time and its failures to the answer: five services of 99.9 % in a row are down five times as long as ' +
    'one, and the slowest decides (Dean and Barroso, The Tail at Scale, 2013; Richardson, Microservices Patterns, chapter 3).',
  fix: 'Keep a copy of what is read often, answer before all is done, or join services that always work together.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Services after the entry, stores and the like apart: one in ten real systems has more. */
const most = 5

/** Chains that end alike are one finding, of the longest of them. */
function check(graph: Graph): RuleResult {
  const deep = graph
    .once(chainDepths)
    .filter(({ depth }) => depth > most)
    .map((chain) => ({ chain, services: servicesOf(chain, graph) }))
    .filter(({ services }) => services.length > most + 1)
  const byEnd = Map.groupBy(deep, ({ services }) => services.slice(-most).join(' '))
  return { weaknesses: [...byEnd.values()].map(weakness) }
}

interface Deep {
  readonly chain: ChainDepth
  readonly services: readonly string[]
}

function weakness(chains: readonly Deep[]): Weakness {
  const [first] = chains.toSorted(
    (a, b) => b.services.length - a.services.length || (a.chain.entry < b.chain.entry ? -1 : 1),
  )
  if (first === undefined) throw new TypeError('a finding without a case')
  const { chain, services } = first
  const entries = chains.map(({ chain: { entry } }) => entry).toSorted()
  return {
    subject: chain.entry,
    message: `${listed(entries)} ${entries.length === 1 ? 'waits' : 'wait'} for ${services.length - 1} services one behind another: ${services.join(', ')}.`,
    path: stepsOf(chain.way),
    evidence: chain.way.map(({ evidence }) => evidence),
    fix: `let ${services[1] ?? ''} answer without waiting for ${services.at(-1) ?? ''}, from a copy or later`,
    identity: services,
  }
}

function servicesOf({ entry, way }: ChainDepth, graph: Graph): readonly string[] {
  const owners = [entry, ...way.map(({ to }) => to)].map((id) => graph.ownerOf(id))
  const ids = owners.filter((owner) => owner !== undefined && !isInner(owner)).map((owner) => owner?.id ?? '')
  return [...new Set(ids)]
}
