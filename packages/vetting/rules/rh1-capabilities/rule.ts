import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced, type Case, type Telling } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh1Capabilities: Rule = {
  id: 'RH1-capabilities',
  title: 'Capabilities beyond those of a container',
  severity: 'medium',
  why:
    'Some capabilities are root in parts: SYS_ADMIN, SYS_PTRACE or SYS_MODULE lead to the host, NET_ADMIN to the traffic of others ' +
    '(capabilities(7); CIS Docker Benchmark 5.3; Kubernetes Pod Security Standards, baseline).',
  fix: 'Take the capability away, or move the one step that needs it into a part of its own.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** What a container engine gives every container. */
const ordinary = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])
/** As good as the whole host. */
const decisive = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'SYS_ADMIN',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
])

function check(graph: Graph): RuleResult {
  const cases = hardened(graph).flatMap(casesOf)
  const { unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.capabilitiesAdded,
    bad: () => false,
  })
  const [worst, others] = [cases.filter(isDecisive), cases.filter((found) => !isDecisive(found))]
  return {
    weaknesses: [
      ...together(graph, worst, { ...telling, severity: 'high', identity: ['host'] }),
      ...together(graph, others, telling),
    ],
    unknowns: notEvidenced(graph, unknown, (names) => `which capabilities are added to ${names}`),
  }
}

/** One case for each capability, so that one more is one more. */
function casesOf({ id, hardening }: Component): readonly Case[] {
  const added = hardening?.capabilitiesAdded
  if (added === undefined) return []
  return added.value
    .map((name) => name.toUpperCase().replace(/^CAP_/, ''))
    .filter((name) => !ordinary.has(name))
    .map((name) => ({ id, note: name, detail: name, evidence: added.evidence }))
}

function isDecisive({ detail }: Case): boolean {
  return decisive.has(detail ?? '')
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'has' : 'have'} capabilities that containers do not have.`,
  fix: (names, { evidence }) =>
    inFormat(evidence, {
      compose: `take them out of cap_add of ${names}`,
      kubernetes: `take them out of securityContext.capabilities.add of ${names}`,
      other: `take them away from ${names}`,
    }),
}
