import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { asksWho } from '../trust.ts'
import { isGuarded, entrances } from '../kinds.ts'

export const if2: Rule = {
  id: 'IF2',
  title: 'Entry without authorisation',
  severity: 'high',
  why:
    'To know who calls is not to know what they may do: without a decision every account is an administrator (CWE-862; OWASP API ' +
    'Security Top 10 2023, API1 and API5; NIST SP 800-204, section 4.1).',
  fix: 'Decide at the entry, or at each service behind it, what the caller may do.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  // Who does not ask who calls cannot decide what they may do: that is one cause, and IF1's.
  const asked = entrances(graph).filter(
    (component) =>
      !isGuarded(component) &&
      !exempt.has(component.kind.value) &&
      (asksWho(component, graph)?.value ?? component.traits?.authorises !== undefined),
  )
  const { cases, unknown } = weigh(asked, {
    fact: ({ traits }) => traits?.authorises,
    bad: (decides) => !decides,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'takes' : 'take'} calls from outside without deciding what the caller may do.`,
      fix: (names) => `let ${names} decide by the caller’s role or scope, and refuse by default`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'decides' : 'decide'} what a caller may do`,
    ),
  }
}

/** Kinds that let everybody in to log in, or operators alone. */
const exempt = new Set(['identity-provider', 'monitoring'])
