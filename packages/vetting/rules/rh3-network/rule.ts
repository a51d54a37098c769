import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh3Network: Rule = {
  id: 'RH3-network',
  title: 'Shares the host’s network',
  severity: 'medium',
  why:
    'In the host’s network a container reaches what listens for the host alone, and no network policy holds it (CIS Docker ' +
    'Benchmark 5.10; Kubernetes Pod Security Standards, baseline).',
  fix: 'Give it a network of its own, with the ports that it needs.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.hostNetwork,
    bad: (shared) => shared,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'shares' : 'share'} the host’s network: network policies do not hold there.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `take network_mode: host of ${names} away`,
          kubernetes: `take hostNetwork: true of ${names} away`,
          other: `give ${names} a network of its own`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'shares' : 'share'} the host’s network`,
    ),
  }
}
