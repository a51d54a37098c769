import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { isEmbedded } from '../kinds.ts'
import { needs, stepsOfNeed } from '../needs.ts'

export const av1File: Rule = {
  id: 'AV1-file',
  title: 'Data in one file on one machine',
  severity: 'medium',
  why:
    'An embedded database is as available, and as durable, as the one disk that it lies on: the services around it can be replicated, its ' +
    'data is not (Beyer et al., Site Reliability Engineering, chapter 26; NIST SP 800-34, section 3.4).',
  fix: 'Copy the file elsewhere all the time and try the way back, or keep the data in a store with replicas.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** The choice of an embedded database is one decision, however many files it makes. */
function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const files = graph.architecture.components.filter(
    (component) =>
      isEmbedded(component) &&
      component.replicas?.value === 1 &&
      component.traits?.backup?.value !== true &&
      needed.has(component.id),
  )
  const [first] = files.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  if (first === undefined) return { weaknesses: [] }
  const cases = files.map(({ id, replicas, evidence }) => ({ id, evidence: replicas?.evidence ?? evidence }))
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'is a file' : 'are files'} on one machine: with its disk ${count === 1 ? 'the' : 'their'} data is gone, and what needs it does not answer.`,
      path: stepsOfNeed(first.id, needed.get(first.id)),
      fix: (names) => `keep a copy of ${names} elsewhere, or use a store with replicas`,
    }),
  }
}
