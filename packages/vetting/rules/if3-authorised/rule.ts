import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weighCalls } from '../cases.ts'
import { isNobody } from '../trust.ts'
import { isInternal } from '../kinds.ts'

export const if3Authorised: Rule = {
  id: 'IF3-authorised',
  title: 'Every part may call it',
  severity: 'medium',
  why:
    'Where a callee answers whoever is authenticated, the weakest part of the system holds the rights of the strongest (CWE-862; ' +
    'NIST SP 800-207, section 2.1, tenet 3; NIST SP 800-204B).',
  fix: 'Name, at the callee, the callers that it answers.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const weighed = weighCalls<boolean>({
  of: ({ authentication, authorised }, ends) =>
    isInternal(ends) &&
    (authentication === undefined ? authorised !== undefined : !isNobody(authentication.value)),
  // Plimsoll answers declared callers alone.
  fact: ({ authorised, protocol, evidence }) =>
    authorised ?? (protocol?.value === 'plimsoll' ? { value: true, evidence } : undefined),
  bad: (decided) => !decided,
})

function check(graph: Graph): RuleResult {
  const { cases, unknown, asked } = graph.once(weighed)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'is' : 'are'} answered whoever the caller is, as long as there is one.`,
      fix: (names) => `let the callee of ${names} answer named callers alone`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether callees decide who may call in ${count} of ${asked} calls inside: ${names}`,
    ),
  }
}
