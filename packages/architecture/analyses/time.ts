import { ofEachOperation } from '../each.ts'
import type { Graph } from '../graph.ts'
import type { ArchitectureOperation, Call } from '../model.ts'
import { numbered, waitedEdges, type Edges, type Numbered } from './numbered.ts'
import { waitedGroups } from './strong.ts'
import type { Way } from './walk.ts'

/** How long an operation may have to wait for one of its calls, at worst. */
export interface CallTime {
  readonly call: Call
  readonly attempts: number
  /** Of one attempt: the call's timeout, or the callee's deadline where that is shorter. */
  readonly attemptMs: number
}

/** What an operation promises, and what its callees may take. */
export interface TimeBudget {
  readonly operation: ArchitectureOperation
  readonly deadlineMs: number
  readonly calls: readonly CallTime[]
  /** All calls one after another, each with all its attempts. */
  readonly neededMs: number
  /** Calls of which neither a timeout nor a deadline is known. */
  readonly unknown: readonly Call[]
}

/** The time budget of every operation that has a deadline and calls somebody. */
export const timeBudgets = ofEachOperation((operation, near): TimeBudget | undefined => {
  const deadlineMs = operation.deadlineMs?.value
  if (deadlineMs === undefined) return undefined
  const made = near.callsFrom(operation.id).filter(isWaitedFor)
  if (made.length === 0) return undefined
  const calls: CallTime[] = []
  const unknown: Call[] = []
  for (const call of made) {
    const attemptMs = attemptTime(call, near.operation(call.to))
    if (attemptMs === undefined) unknown.push(call)
    else calls.push({ call, attempts: call.attempts?.value ?? 1, attemptMs })
  }
  const neededMs = calls.reduce((sum, { attempts, attemptMs }) => sum + attempts * attemptMs, 0)
  return { operation, deadlineMs, calls, neededMs, unknown }
})

function attemptTime(call: Call, callee: ArchitectureOperation | undefined): number | undefined {
  const limits = [call.timeoutMs?.value, callee?.deadlineMs?.value].filter((limit) => limit !== undefined)
  return limits.length === 0 ? undefined : Math.min(...limits)
}

function isWaitedFor({ synchronous }: Call): boolean {
  return synchronous?.value !== false
}

/** Something slow that its caller cannot wait for, over any number of calls. */
export interface ChainTime {
  /** Whoever gives up: an operation with a deadline, or a call with a timeout. */
  readonly caller: string
  /** The call that is waited for; absent where the caller is an operation with a deadline of its own. */
  readonly call?: Call | undefined
  readonly deadlineMs: number
  /** What everything below may take at worst, over the whole chain: sequential calls summed, times attempts, with pauses. */
  readonly neededMs: number
  /** Of `neededMs`, the pauses between attempts; at least that, since only whether there is back-off is known. */
  readonly pausesMs: number
  /** The slowest way below it, call by call. */
  readonly way: Way
  /** True where a part of the chain has no known limit: it may take longer still. */
  readonly open: boolean
}

/** The shortest pause that any usual back-off begins with; doubled for each further attempt. */
const firstPauseMs = 50

/** The time that something takes at worst, from what bounds it below; memoised by node. */
interface Worst {
  readonly ms: number
  readonly pausesMs: number
  readonly slowest: Call | undefined
  readonly open: boolean
}

const instant: Worst = { ms: 0, pausesMs: 0, slowest: undefined, open: false }

/**
 * Every deadline and timeout that is shorter than what the whole chain below it may take: each part waits for its calls
 * one after another, each with its attempts and the pauses between them, at most until its own deadline. A circle is open:
 * nothing bounds it but its members' own deadlines.
 */
export function chainTimes(graph: Graph): readonly ChainTime[] {
  const nodes = graph.once(numbered)
  const edges = graph.once(waitedEdges)
  const times = worstTimes(graph, nodes, edges)
  const found: ChainTime[] = []
  for (const [node, operation] of graph.architecture.operations.entries()) {
    const deadlineMs = operation.deadlineMs?.value
    const below = times.below[node] ?? instant
    if (deadlineMs === undefined || below.ms <= deadlineMs) continue
    const facts = {
      caller: operation.id,
      deadlineMs,
      neededMs: below.ms,
      pausesMs: below.pausesMs,
      open: below.open,
    }
    found.push({
      ...facts,
      get way() {
        return slowestWay(node, times.below, nodes)
      },
    })
  }
  return [...found, ...shortTimeouts(graph, nodes, times)]
}

/** Calls that give up before their callee may: the callee's work is thrown away, and with further attempts done again. */
function shortTimeouts(graph: Graph, nodes: Numbered, { within, below }: WorstTimes): readonly ChainTime[] {
  return graph.architecture.calls.flatMap((call) => {
    const deadlineMs = call.timeoutMs?.value
    const node = nodes.numberOf(call.to)
    const callee = within[node]
    if (deadlineMs === undefined || callee === undefined || callee.ms <= deadlineMs || !isWaitedFor(call))
      return []
    const facts = { caller: call.from, call, deadlineMs, neededMs: callee.ms, pausesMs: callee.pausesMs }
    return [
      {
        ...facts,
        open: callee.open,
        get way() {
          return [call, ...slowestWay(node, below, nodes)]
        },
      },
    ]
  })
}

interface WorstTimes {
  /** What a node's calls may take. */
  readonly below: readonly Worst[]
  /** The same, at most its own deadline. */
  readonly within: readonly Worst[]
}

/** Callees before callers: every time is worked out once. */
function worstTimes(graph: Graph, nodes: Numbered, edges: Edges): WorstTimes {
  const { groups } = graph.once(waitedGroups)
  const below: Worst[] = Array.from({ length: nodes.ids.length }, () => instant)
  const within: Worst[] = below.slice()
  for (const group of groups) {
    for (const node of group) {
      const deadlineMs = graph.architecture.operations[node]?.deadlineMs?.value
      const own = sumOf(node, edges, nodes, within)
      below[node] = group.length > 1 ? { ...own, open: true } : own
      const bounded = deadlineMs !== undefined && (own.ms > deadlineMs || own.open)
      within[node] = bounded ? { ...own, ms: deadlineMs, open: false } : ownOf(own, deadlineMs)
    }
  }
  return { below, within }
}

/** A deadline is what a part may take, whether or not its calls use it up. */
function ownOf(below: Worst, deadlineMs: number | undefined): Worst {
  return deadlineMs === undefined ? below : { ...below, ms: deadlineMs }
}

// oxlint-disable-next-line complexity -- one pass over packed edges, without an object for each of them
function sumOf(node: number, edges: Edges, nodes: Numbered, within: readonly Worst[]): Worst {
  const sum = { ms: 0, pausesMs: 0, slowest: undefined as Call | undefined, open: false }
  let longest = -1
  for (let edge = edges.starts[node] ?? 0; edge < (edges.starts[node + 1] ?? 0); edge += 1) {
    const call = nodes.calls[edges.calls[edge] ?? 0]
    if (call === undefined) continue
    const callee = within[edges.ends[edge] ?? 0] ?? instant
    const attemptMs = Math.min(callee.ms > 0 ? callee.ms : Infinity, call.timeoutMs?.value ?? Infinity)
    // Neither a timeout nor anything below bounds it.
    if (attemptMs === Infinity) {
      sum.open = true
      longest = Math.max(longest, 0)
      continue
    }
    const pausesMs = pausesOf(call)
    const ms = attemptMs * triesOf(call) + pausesMs
    sum.ms += ms
    sum.pausesMs += pausesMs
    sum.open ||= callee.open && call.timeoutMs === undefined
    if (ms <= longest) continue
    longest = ms
    sum.slowest = ms > 0 ? call : sum.slowest
  }
  return sum
}

function triesOf({ attempts }: Call): number {
  return Math.max(1, attempts?.value ?? 1)
}

/** Exponential back-off from the shortest usual pause; none where attempts follow at once, or nobody says. */
function pausesOf(call: Call): number {
  return call.backoff?.value === true ? firstPauseMs * (2 ** (Math.min(triesOf(call), 16) - 1) - 1) : 0
}

function slowestWay(node: number, below: readonly Worst[], nodes: Numbered): Way {
  const way: Call[] = []
  const seen = new Set<number>()
  let at = node
  for (let call = below[at]?.slowest; call !== undefined && !seen.has(at); call = below[at]?.slowest) {
    seen.add(at)
    way.push(call)
    at = nodes.numberOf(call.to)
  }
  return way
}
