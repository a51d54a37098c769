import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { workloads, hardened } from '../kinds.ts'

export const rh1Root: Rule = {
  id: 'RH1-root',
  title: 'Runs as root',
  severity: 'medium',
  why:
    'A process with user 0 needs one weakness of the container runtime, or one mount too many, to own the host (CWE-250; CIS Docker ' +
    'Benchmark 4.1; Kubernetes Pod Security Standards, restricted; NIST SP 800-190, section 4.4.3).',
  fix: 'Run it as a user of its own that owns nothing but its data.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.root,
    bad: (root) => root,
  })
  const nothingKnown = workloads(graph).filter(({ hardening }) => hardening === undefined)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) => `${names} ${count === 1 ? 'runs' : 'run'} as root.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write user: '10001:10001' for ${names}`,
          kubernetes: `set securityContext.runAsNonRoot: true and a runAsUser above 0 for ${names}`,
          other: `run ${names} as a user that is not 0`,
        }),
    }),
    unknowns: [
      ...notEvidenced(
        graph,
        unknown,
        (names, count) =>
          `whether ${names} ${count === 1 ? 'runs' : 'run'} as root: no file names a user, so the image decides`,
      ),
      ...notEvidenced(
        graph,
        nothingKnown.map(({ id }) => id),
        (names, count) =>
          `how ${names} ${count === 1 ? 'runs' : 'run'} (user, privileges, limits, health checks, network): no file that was read says`,
      ),
    ],
  }
}
