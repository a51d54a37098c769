import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh2RootFiles: Rule = {
  id: 'RH2-root-files',
  title: 'Root file system can be written',
  severity: 'low',
  why:
    'An intruder who can write beside the program can replace it, and stays after the weakness is closed (CIS Docker Benchmark ' +
    '5.13; NIST SP 800-190, section 4.4.4).',
  fix: 'Mount the root file system read-only, with a volume where the program writes.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.writableRoot,
    bad: (writable) => writable,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) => `${names} can write ${count === 1 ? 'its' : 'their'} own program files.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write read_only: true for ${names}, and tmpfs where they write`,
          kubernetes: `set securityContext.readOnlyRootFilesystem: true for ${names}, with an emptyDir where they write`,
          other: `mount the root file system of ${names} read-only`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether the root file system of ${names} can be written`,
    ),
  }
}
