import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { hardened } from '../kinds.ts'

export const rh6Token: Rule = {
  id: 'RH6-token',
  title: 'A credential of the platform that is not used',
  severity: 'low',
  why:
    'The token of its account lies in every replica by default. A service that never talks to the platform hands it to an intruder ' +
    'for nothing (CIS Kubernetes Benchmark 5.1.6; CWE-522).',
  fix: 'Do not mount the token where the platform is not called.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const holders = new Set(
    (graph.architecture.objects ?? []).flatMap(({ grants }) =>
      (grants?.value ?? []).map(({ holder }) => holder),
    ),
  )
  const { cases } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.accountToken,
    bad: (mounted, { id, hardening }) =>
      mounted && !holders.has(id) && !isHolder(hardening?.serviceAccount?.value, holders),
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'is' : 'are'} given a token of the platform without any right to use it for.`,
      fix: (names) => `set automountServiceAccountToken: false for ${names}`,
    }),
  }
}

/** Files write accounts with and without their namespace. */
function isHolder(account: string | undefined, holders: ReadonlySet<string>): boolean {
  if (account === undefined) return false
  const [name = account] = account.split('/').toReversed()
  return [account, name, `ServiceAccount ${account}`].some((written) => holders.has(written))
}
