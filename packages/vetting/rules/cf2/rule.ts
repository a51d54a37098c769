import { chainTimes, timeBudgets, type ChainTime, type Graph, type TimeBudget } from '@plimsoll/architecture'
import { formatDuration } from '@plimsoll/base'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { notEvidenced } from '../cases.ts'
import { stepsOf } from '../path.ts'
import { saidOnce } from '../said.ts'

export const cf2: Rule = {
  id: 'CF2',
  title: 'Deadline shorter than the callees may take',
  severity: 'high',
  why:
    'A caller that gives up before its callees may answer throws their work away, and its own callers see an error although everybody ' +
    'kept their promise. Under load this is how a slow part becomes an outage (Beyer et al., Site Reliability Engineering, chapter 22: ' +
    'deadline propagation; CWE-400).',
  fix: 'Lower the attempts or timeouts of the calls, or promise a longer deadline.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** What an operation's own calls do not explain, the chain below it does: pauses, and what its component calls for all operations. */
function check(graph: Graph): RuleResult {
  const budgets = graph.once(timeBudgets)
  const late = budgets.filter(({ neededMs, deadlineMs }) => neededMs > deadlineMs)
  const told = new Set(late.map(({ operation }) => operation.id))
  const chains = graph.once(chainTimes).filter(({ call, caller }) => call === undefined && !told.has(caller))
  const unknown = budgets.flatMap((budget) => budget.unknown.map(({ from, to }) => `${from} -> ${to}`))
  return {
    weaknesses: [...late.map(saidDirectly), ...chains.map((chain) => indirect(chain, graph))],
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `how long the calls of operations with a deadline wait: ${names}`,
    ),
  }
}

const saidDirectly = saidOnce(direct)

function direct({ operation, deadlineMs, calls, neededMs }: TimeBudget): Weakness {
  const parts = calls.toSorted((a, b) => b.attempts * b.attemptMs - a.attempts * a.attemptMs)
  const [longest, ...others] = parts
  const left = deadlineMs - others.reduce((sum, { attempts, attemptMs }) => sum + attempts * attemptMs, 0)
  const at = operation.deadlineMs?.evidence
  return {
    subject: operation.id,
    message: `${operation.id} promises an answer within ${formatDuration(deadlineMs)}, but its callees may take ${formatDuration(neededMs)}.`,
    path: [
      { id: operation.id, note: `deadline ${formatDuration(deadlineMs)}`, evidence: at },
      ...parts.map((part) => ({
        id: part.call.to,
        note: `may take ${takes(part)}`,
        evidence: part.call.timeoutMs?.evidence ?? part.call.evidence,
      })),
    ],
    evidence: [at ?? operation.evidence, ...parts.map(({ call }) => call.evidence)],
    fix:
      left > 0
        ? `bring ${longest?.call.to ?? ''} down to ${formatDuration(left)} in all (attempts × timeout), or raise the deadline of ${operation.id} to ${formatDuration(neededMs)}`
        : `raise the deadline of ${operation.id} to ${formatDuration(neededMs)}, or shorten several of its calls`,
  }
}

function takes({ attempts, attemptMs }: TimeBudget['calls'][number]): string {
  return attempts === 1 ? formatDuration(attemptMs) : `${attempts} × ${formatDuration(attemptMs)}`
}

function indirect({ caller, deadlineMs, neededMs, pausesMs, way }: ChainTime, graph: Graph): Weakness {
  const operation = graph.operation(caller)
  const pauses = pausesMs === 0 ? '' : `, ${formatDuration(pausesMs)} of it in pauses between attempts`
  return {
    subject: caller,
    message: `${caller} promises an answer within ${formatDuration(deadlineMs)}, but the chain below it may take ${formatDuration(neededMs)}${pauses}.`,
    path: stepsOf(way, ({ attempts, timeoutMs }) =>
      timeoutMs === undefined
        ? undefined
        : `waits ${attempts === undefined || attempts.value <= 1 ? '' : `${attempts.value} × `}${formatDuration(timeoutMs.value)}`,
    ),
    evidence: [
      operation?.deadlineMs?.evidence ?? operation?.evidence ?? {},
      ...way.map(({ timeoutMs, evidence }) => timeoutMs?.evidence ?? evidence),
    ],
    fix: `raise the deadline of ${caller} to ${formatDuration(neededMs)}, or shorten the calls below it`,
  }
}
