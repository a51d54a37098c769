import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, nameOf } from '../cases.ts'
import { plainCalls } from '../trust.ts'

export const if9Credential: Rule = {
  id: 'IF9-credential',
  title: 'Credential unencrypted inside',
  severity: 'medium',
  why:
    'A password or token that goes over the network in plain belongs to whoever listens, for as long as it lives (CWE-523; CWE-319; ' +
    'RFC 6750, section 5.3; OWASP API Security Top 10 2023, API2).',
  fix: 'Use TLS wherever a credential goes, or a proof that cannot be repeated, such as mutual TLS.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  // Where classified data goes along, IF9-data says it.
  const cases = graph
    .once(plainCalls)
    .filter(({ border, dataClass }) => !border && dataClass === undefined)
    .flatMap(({ call, encrypted, credential }) =>
      credential === undefined ? [] : [{ id: nameOf(call), note: credential, evidence: encrypted.evidence }],
    )
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Credentials go through the network in plain: ${names}.`,
      fix: (names) => `use TLS in ${names}`,
    }),
  }
}
