import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'

export const so7Operation: Rule = {
  id: 'SO7-operation',
  title: 'Operation that nobody calls',
  severity: 'low',
  why: 'An operation for services that no service uses is kept, tested and attacked for nothing (OWASP API Security Top 10 2023, API9; CWE-561).',
  fix: 'Take it out of the contract, or open it to who needs it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Consumers may be unknown; who calls an operation for services alone has to be declared. */
function check(graph: Graph): RuleResult {
  const { operations } = graph.architecture
  const uncalled = operations.filter(
    ({ id, component, access }) =>
      access?.value === 'services' && graph.callsTo(id).length === 0 && graph.callsTo(component).length === 0,
  )
  const some = operations.some(({ id }) => graph.callsTo(id).length > 0)
  const cases = uncalled.map(({ id, access, evidence }) => ({ id, evidence: access?.evidence ?? evidence }))
  return {
    weaknesses: together(graph, some ? cases : [], {
      message: (names, count) =>
        `${names} ${count === 1 ? 'is' : 'are'} there for services, and no service calls ${count === 1 ? 'it' : 'them'}.`,
      fix: (names) => `take ${names} out of the contract, or use it`,
    }),
  }
}
