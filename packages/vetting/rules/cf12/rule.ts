import type { Component, Fact, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weigh } from '../cases.ts'
import { entrances, isGuarded } from '../kinds.ts'

export const cf12: Rule = {
  id: 'CF12',
  title: 'Entry that takes more than it can do',
  severity: 'medium',
  why:
    'A part that takes every request answers none in time once there are too many. One that turns the surplus away at once keeps serving the ' +
    'rest (Beyer et al., Site Reliability Engineering, chapter 21: handling overload; CWE-770).',
  fix: 'Bound the requests that are worked on at a time, and answer the rest with 503 or 429 at once.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const servesPeople = new Set(['service', 'gateway', 'identity-provider'])

/** Plimsoll's gateway has a bound of its own. */
function check(graph: Graph): RuleResult {
  const open = graph
    .once(entrances)
    .filter((component) => !isGuarded(component) && servesPeople.has(component.kind.value))
  const { cases, unknown } = weigh(open, { fact: (component) => shedding(component), bad: (sheds) => !sheds })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'takes' : 'take'} every request, however many there are already.`,
      fix: (names) => `bound the requests that ${names} works on at a time, and turn the rest away at once`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether requests are turned away when there are too many, at ${names}`,
    ),
  }
}

/** Either bound is one. */
function shedding({ traits }: Component): Fact<boolean> | undefined {
  const sheds = traits?.['load-shedding']
  const limits = traits?.['rate-limit']
  if (limits?.value === true) return limits
  return sheds ?? undefined
}
