import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, nameOf } from '../cases.ts'
import { plainCalls } from '../trust.ts'

export const if9Data: Rule = {
  id: 'IF9-data',
  title: 'Classified data unencrypted inside',
  severity: 'medium',
  why:
    'Who listens anywhere on an internal network reads what goes along in plain, and nobody notices (CWE-319; NIST SP 800-207, ' +
    'section 2.1, tenet 2; GDPR, article 32).',
  fix: 'Use TLS wherever classified data goes.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph
    .once(plainCalls)
    .filter(({ border }) => !border)
    .flatMap(({ call, encrypted, dataClass }) =>
      dataClass === undefined
        ? []
        : [{ id: nameOf(call), note: dataClass, detail: dataClass, evidence: encrypted.evidence }],
    )
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Classified data goes through the network in plain: ${names}.`,
      fix: (names) => `use TLS in ${names}`,
    }),
  }
}
