import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh4Storage: Rule = {
  id: 'RH4-storage',
  title: 'No limit on local storage',
  severity: 'low',
  why: 'A component that writes without end fills the disk of its machine, and every other part stops there (CWE-770; CWE-400).',
  fix: 'Limit local storage, and rotate logs.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.storageLimit,
    bad: (limit) => limit === false,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Nothing limits how much ${names} can write to the disk of the machine.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write storage_opt.size, and logging.options.max-size, for ${names}`,
          kubernetes: `set resources.limits.ephemeral-storage for ${names}`,
          other: `limit the local storage of ${names}`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `how much ${names} can write to the disk of the machine`,
    ),
  }
}
