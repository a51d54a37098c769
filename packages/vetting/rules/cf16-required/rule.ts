import { ofEachCall, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { nameOf, together } from '../cases.ts'

export const cf16Required: Rule = {
  id: 'CF16-required',
  title: 'No answer without the cache',
  severity: 'medium',
  why:
    'A cache makes answers faster; where nothing is answered without it, it is a store that may forget, and one more thing to fail (Nishtala et ' +
    'al., Scaling Memcache at Facebook, NSDI 2013; Nygard, Release It!, chapter 4).',
  fix: 'Answer from the store when the cache fails, slower and for fewer at a time.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Only what is declared: a reader that saw an address knows nothing of what happens without it. */
const neededCaches = ofEachCall((call, { callee }) => {
  const { required } = call
  const declared = required?.value === true && required.evidence.how !== 'inferred'
  return declared && callee?.kind.value === 'cache' ? call : undefined
})

function check(graph: Graph): RuleResult {
  const cases = graph
    .once(neededCaches)
    .filter(({ from }) => hasStore(graph.ownerOf(from)?.id, graph))
    .map((call) => ({ id: nameOf(call), evidence: call.required?.evidence ?? call.evidence }))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `When the cache is away nothing is answered, though a store is there: ${names}.`,
      fix: (names) => `let the caller go on without the cache in ${names}`,
    }),
  }
}

/** Without a store behind it the "cache" is where the data is. */
function hasStore(service: string | undefined, graph: Graph): boolean {
  if (service === undefined) return false
  const parts = [service, ...graph.operationsOf(service).map(({ id }) => id)]
  return parts.some((id) => graph.callsFrom(id).some(({ to }) => graph.ownerOf(to)?.kind.value === 'store'))
}
