import { chainTimes, type ChainTime, type Graph } from '@plimsoll/architecture'
import { formatDuration } from '@plimsoll/base'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { stepsOf } from '../path.ts'
import { ownWaits } from '../waiting.ts'

export const cf2Timeout: Rule = {
  id: 'CF2-timeout',
  title: 'Caller gives up while its callee still works',
  severity: 'medium',
  why:
    'Where a timeout is shorter than those below it, the callee goes on for somebody who has gone, and a repeated call doubles the work ' +
    'that nobody reads (Beyer et al., Site Reliability Engineering, chapter 22: deadline propagation).',
  fix: 'Let timeouts become shorter from the entry inwards, attempts included.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Plimsoll's runtime hands the deadline on, so that a callee stops when its caller does. */
function check(graph: Graph): RuleResult {
  const asked = new Set(graph.once(ownWaits))
  const chains = graph
    .once(chainTimes)
    .filter(({ call, deadlineMs }) => call !== undefined && asked.has(call) && deadlineMs > 0)
  return { weaknesses: chains.map(weakness) }
}

function weakness({ call, deadlineMs, neededMs, way }: ChainTime): Weakness {
  const [from, to] = [call?.from ?? '', call?.to ?? '']
  return {
    subject: `${from} -> ${to}`,
    message: `${from} waits ${formatDuration(deadlineMs)} for ${to}, which may itself wait ${formatDuration(neededMs)}.`,
    path: stepsOf(way, ({ timeoutMs, attempts }) => {
      if (timeoutMs === undefined) return undefined
      const tries = attempts?.value ?? 1
      return `waits ${tries > 1 ? `${tries} × ` : ''}${formatDuration(timeoutMs.value)}`
    }),
    evidence: way.map(({ timeoutMs, evidence }) => timeoutMs?.evidence ?? evidence),
    fix: `bring what ${to} waits for below ${formatDuration(deadlineMs)} in all (attempts × timeout), or let ${from} wait ${formatDuration(neededMs)}`,
  }
}
