import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh3: Rule = {
  id: 'RH3',
  title: 'Container that commands its host',
  severity: 'critical',
  why:
    'Who holds the container engine’s socket starts any container with any mount: it is root on the host, and a read-only mount ' +
    'changes nothing about it (CWE-250; CIS Docker Benchmark 5.32; NIST SP 800-190, section 4.4).',
  fix: 'Take the mount away; give a job runner or a collector an interface of its own, or a proxy that lets through what it needs.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.engineSocket,
    bad: (mounted) => mounted,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'mounts' : 'mount'} the container engine’s socket: whoever takes ${count === 1 ? 'it' : 'one of them'} over has the machine.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `take the socket out of volumes of ${names}`,
          kubernetes: `take the hostPath of the socket out of volumes of ${names}`,
          other: `take the socket away from ${names}`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'holds' : 'hold'} the engine’s socket`,
    ),
  }
}
