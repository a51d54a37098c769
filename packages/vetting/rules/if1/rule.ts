import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { asksWho } from '../trust.ts'
import { inFormat } from '../format.ts'
import { isGuarded, entrances } from '../kinds.ts'

export const if1: Rule = {
  id: 'IF1',
  title: 'Entry without authentication',
  severity: 'high',
  why:
    'What anybody can reach without saying who they are, anybody can use, change or empty (CWE-306; OWASP API Security Top 10 2023, ' +
    'API2; NIST SP 800-204, section 4.1).',
  fix: 'Ask for a credential at the entry.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const asked = entrances(graph).filter(
    (component) => !isGuarded(component) && component.kind.value !== 'monitoring' && !isLoginPage(component),
  )
  const { cases, unknown } = weigh(asked, {
    fact: (component) => asksWho(component, graph),
    bad: (asks) => !asks,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'takes' : 'take'} calls from outside without asking who calls.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `let ${names} ask for a credential (a token, a key), or take the published ports away`,
          kubernetes: `let ${names} ask for a credential, for example with a policy at the ingress`,
          other: `let ${names} ask for a credential`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) =>
        `whether ${names} ${count === 1 ? 'asks' : 'ask'} who calls from outside, and what they may do`,
    ),
  }
}

/** Who is not yet known cannot say who they are. */
function isLoginPage({ kind }: Component): boolean {
  return kind.value === 'identity-provider'
}
