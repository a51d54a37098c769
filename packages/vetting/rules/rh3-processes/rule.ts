import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh3Processes: Rule = {
  id: 'RH3-processes',
  title: 'Sees the processes of its host',
  severity: 'high',
  why:
    'In the host’s process or IPC namespace a container reads the environment and the memory of every process on the machine, ' +
    'secrets included (CIS Docker Benchmark 5.16 and 5.17; Kubernetes Pod Security Standards, baseline).',
  fix: 'Take the host’s process and IPC namespaces away.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const pid = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.hostPid,
    bad: (shared) => shared && 'processes',
  })
  const ipc = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.hostIpc,
    bad: (shared) => shared && 'IPC',
  })
  return {
    weaknesses: together(graph, [...pid.cases, ...ipc.cases], {
      message: (names, count) =>
        `${names} ${count === 1 ? 'shares' : 'share'} what the host keeps to itself.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `take pid: host and ipc: host of ${names} away`,
          kubernetes: `take hostPID and hostIPC of ${names} away`,
          other: `give ${names} namespaces of its own`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      [...pid.unknown, ...ipc.unknown],
      (names, count) =>
        `whether ${names} ${count === 1 ? 'shares' : 'share'} the processes or the IPC of the host`,
    ),
  }
}
