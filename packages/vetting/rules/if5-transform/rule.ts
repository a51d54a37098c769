import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { isGuarded, entrances } from '../kinds.ts'

export const if5Transform: Rule = {
  id: 'IF5-transform',
  title: 'The credential of the outside is used inside',
  severity: 'low',
  why:
    'An entry that does not turn what a caller sends into an identity of its own lets the outside decide the form, the life and the ' +
    'content of what services trust (Newman, Building Microservices, chapter 11; NIST SP 800-204, section 4.1).',
  fix: 'Exchange the outer credential at the entry for a short-lived inner one.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const asked = entrances(graph).filter(
    (component) => !isGuarded(component) && component.traits?.authenticates?.value === true,
  )
  const { cases } = weigh(asked, {
    fact: ({ traits }) => traits?.['transforms-identity'],
    bad: (transforms) => !transforms,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'hands' : 'hand'} the credential of the outside on to the inside as it is.`,
      fix: (names) => `let ${names} exchange it for a short-lived token of the inside (RFC 8693)`,
    }),
  }
}
