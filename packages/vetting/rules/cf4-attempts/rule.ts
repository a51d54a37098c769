import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { nameOf, together } from '../cases.ts'
import { isWaited } from '../waiting.ts'

export const cf4Attempts: Rule = {
  id: 'CF4-attempts',
  title: 'More attempts than help',
  severity: 'medium',
  why:
    'What failed four times in a row fails the fifth time: further attempts add load and waiting, and hide that the callee is away (Beyer et ' +
    'al., Site Reliability Engineering, chapter 21: at most three attempts).',
  fix: 'Try two or three times, then fail.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const most = 4

/** Messages that nobody waits for may be delivered for days. */
function check(graph: Graph): RuleResult {
  const cases = graph.architecture.calls
    .filter((call) => isWaited(call) && triesOf(call) > most)
    .map((call) => ({
      id: nameOf(call),
      note: `${triesOf(call)} attempts`,
      evidence: call.attempts?.evidence ?? call.evidence,
    }))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Somebody waits while a call is tried again and again: ${names}.`,
      fix: (names) => `set the attempts of ${names} to 3 at most`,
    }),
  }
}

function triesOf({ attempts }: Call): number {
  return attempts?.value ?? 1
}
