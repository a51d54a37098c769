import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { inFormat } from '../format.ts'
import { entrances } from '../kinds.ts'

export const if4Doors: Rule = {
  id: 'IF4-doors',
  title: 'Many doors, and no gateway',
  severity: 'medium',
  why:
    'Where every service is its own entry, each has to check credentials, limits and input for itself, and the weakest decides ' +
    '(NIST SP 800-204, section 4.5; OWASP API Security Top 10 2023, API9).',
  fix: 'Let consumers in through one gateway, and publish it alone.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const few = 2

function check(graph: Graph): RuleResult {
  const doors = entrances(graph)
  const cases = doors
    .filter(({ kind }) => kind.value === 'service')
    .map(({ id, published, evidence }) => ({ id, evidence: published?.evidence ?? evidence }))
  if (cases.length <= few || doors.some(({ kind }) => kind.value === 'gateway')) return { weaknesses: [] }
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${count} services are entries, and no gateway stands before them: ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `publish one gateway, and take ports of ${names} away`,
          kubernetes: `publish one Ingress or Gateway, and make the Services of ${names} type: ClusterIP`,
          other: `let consumers in through one gateway instead of ${names}`,
        }),
    }),
  }
}
