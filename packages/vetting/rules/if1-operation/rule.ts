import type { ArchitectureOperation, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case, type Telling } from '../cases.ts'
import { isForgetful, opensTheDoor, worstClass } from '../trust.ts'

export const if1Operation: Rule = {
  id: 'IF1-operation',
  title: 'Operation that forgot to ask',
  severity: 'high',
  why:
    'Where the other operations of a service ask for a credential, one that does not is nearly always an oversight (CWE-306; OWASP ' +
    'API Security Top 10 2023, API2 and API5).',
  fix: 'Give the operation the same security as its neighbours.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const forgetful = graph.architecture.operations.filter(
    (operation) => isForgetful(operation, graph) && !opensTheDoor(operation) && !isForMachines(operation),
  )
  const isHarmless = ({ safe, dataOut }: ArchitectureOperation) =>
    safe?.value === true && worstClass(dataOut?.value ?? [], graph) === undefined
  return {
    weaknesses: [
      ...together(graph, forgetful.filter((operation) => !isHarmless(operation)).map(caseOf), telling),
      ...together(graph, forgetful.filter(isHarmless).map(caseOf), {
        ...telling,
        severity: 'medium',
        identity: ['reads'],
      }),
    ],
  }
}

function caseOf({ id, authentication, evidence }: ArchitectureOperation): Case {
  return { id, evidence: authentication?.evidence ?? evidence }
}

/** What machines ask that only watch, and what describes the service itself. */
function isForMachines({ name, http }: ArchitectureOperation): boolean {
  return /health|ready|live|\bping\b|status|version|metrics|openapi|swagger|docs|well-known/i.test(
    `${name} ${http?.value ?? ''}`,
  )
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'asks' : 'ask'} for no credential, though the operations beside ${count === 1 ? 'it' : 'them'} do.`,
  fix: (names) => `give ${names} the security of the other operations`,
}
