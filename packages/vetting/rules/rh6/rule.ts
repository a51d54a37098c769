import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { hardened } from '../kinds.ts'

export const rh6: Rule = {
  id: 'RH6',
  title: 'The account that everybody has',
  severity: 'low',
  why:
    'Components without an account of their own share the namespace’s default account: a right given to one is given to all, and no ' +
    'record tells who used it (CIS Kubernetes Benchmark 5.1.5; CWE-250).',
  fix: 'Give each component an account of its own, without rights.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.serviceAccount,
    bad: (account) => account === 'default' || account.endsWith('/default'),
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'runs' : 'run'} under the default account of the namespace.`,
      fix: (names) =>
        `give ${names} an account of its own: a ServiceAccount, and its name in serviceAccountName`,
    }),
  }
}
