import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { workloads } from '../kinds.ts'

export const if13Egress: Rule = {
  id: 'IF13-egress',
  title: 'Free way out',
  severity: 'low',
  why:
    'What may connect to anywhere can send data anywhere, and fetch its next tool from there (OWASP API Security Top 10 2023, API7; ' +
    'MITRE ATT&CK T1041; NIST SP 800-190, section 4.4.2).',
  fix: 'Let each part connect to its callees, and outside to named addresses alone.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const inside = workloads(graph)
  const { cases, unknown } = weigh(inside, {
    fact: ({ egressLimited }) => egressLimited,
    bad: (limited) => !limited,
  })
  return {
    weaknesses: together(graph, cases, {
      subject: graph.architecture.name,
      message: (names, count) =>
        count === inside.length && count > 1
          ? `Each of ${count} components may connect to any address outside.`
          : `${names} may connect to any address outside.`,
      path: [],
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: 'write internal: true for the networks, and one more network for those that call outside',
          kubernetes: `write a NetworkPolicy with egress for ${names}`,
          other: `limit where ${names} may connect to`,
        }),
    }),
    // Where neither direction is known, IF13 says so.
    unknowns: notEvidenced(
      graph,
      unknown.filter((id) => graph.component(id)?.ingressLimited !== undefined),
      (names) => `where ${names} may connect to`,
    ),
  }
}
