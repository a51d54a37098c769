import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, nameOf, type Telling } from '../cases.ts'
import { classesOf, worstClass } from '../trust.ts'
import { isInner, isOutside } from '../kinds.ts'

export const op8: Rule = {
  id: 'OP8',
  title: 'Call that nobody declared',
  severity: 'high',
  why:
    'Traffic that is in no file was reviewed by nobody: a forgotten dependency, or somebody who should not be there (NIST SP ' +
    '800-207, section 2.1, tenet 5; OWASP API Security Top 10 2023, API9).',
  fix: 'Declare the call, or stop it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const undeclared = graph.architecture.calls.filter(({ evidence }) => evidence.how === 'observed')
  const cases = undeclared.map((call) => ({ id: nameOf(call), evidence: call.evidence }))
  const isDelicate = new Set(undeclared.filter((call) => leadsToValue(call, graph)).map(nameOf))
  return {
    weaknesses: [
      ...together(
        graph,
        cases.filter(({ id }) => isDelicate.has(id)),
        telling,
      ),
      ...together(
        graph,
        cases.filter(({ id }) => !isDelicate.has(id)),
        { ...telling, severity: 'medium', identity: ['ordinary'] },
      ),
    ],
  }
}

/** To a store or a secret, out of the architecture, or to what returns classified data. */
function leadsToValue(call: Call, graph: Graph): boolean {
  const callee = graph.ownerOf(call.to)
  if (callee === undefined) return true
  return (
    isInner(callee) ||
    isOutside(callee) ||
    worstClass(
      classesOf(call, { operation: graph.operation(call.to), callee: graph.ownerOf(call.to) }),
      graph,
    ) !== undefined
  )
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'was' : 'were'} seen in traffic, and ${count === 1 ? 'is' : 'are'} declared nowhere.`,
  fix: (names) => `find out who makes ${names}; then declare it, or refuse it`,
}
