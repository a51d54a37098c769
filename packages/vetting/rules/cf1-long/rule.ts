import type { Call, Graph } from '@plimsoll/architecture'
import { formatDuration } from '@plimsoll/base'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { needs } from '../needs.ts'
import { waitsForServices } from '../waiting.ts'

export const cf1Long: Rule = {
  id: 'CF1-long',
  title: 'Timeout that is longer than anybody waits',
  severity: 'medium',
  why:
    'A timeout of minutes protects as little as none: people have gone, and every waiting call holds a place that others need (Nygard, ' +
    'Release It!, chapter 5; Beyer et al., Site Reliability Engineering, chapter 22: picking a deadline).',
  fix: 'Choose a timeout a little above the slowest answer that is still of use, such as the 99.9th percentile.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A minute: who waits at an entry has gone by then. */
const mostMs = 60_000

function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const late = graph
    .once(waitsForServices)
    .filter(
      (call) => (call.timeoutMs?.value ?? 0) >= mostMs && needed.has(graph.ownerOf(call.from)?.id ?? ''),
    )
  return {
    weaknesses: together(graph, late.map(caseOf), {
      message: (names) => `An entry waits on calls that give up only after a minute or more: ${names}.`,
      fix: (names) => `bring the timeout of ${names} down to a few seconds`,
    }),
  }
}

function caseOf({ from, to, timeoutMs, evidence }: Call) {
  return {
    id: `${from} -> ${to}`,
    note: formatDuration(timeoutMs?.value ?? 0),
    evidence: timeoutMs?.evidence ?? evidence,
  }
}
