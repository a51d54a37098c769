import type { Graph } from '../../graph.ts'
import type { Call, Component } from '../../model.ts'
import { numbered, waitedEdges } from '../numbered.ts'

/** One place where requests wait and are served. */
interface Station {
  readonly component: string
  /** Requests a second of all replicas; Infinity where it is not known. */
  readonly rate: number
  /** Longest queue, in seconds of its own work; Infinity where nothing bounds it. */
  readonly longestWaitS: number
}

/** Something that is asked: an operation, or a component where the operation is not known. Callers stand before callees. */
interface Step {
  readonly id: string
  readonly station: number
  readonly calls: readonly PlannedCall[]
}

/** One call of a step, with what happens when it is not answered in time. */
export interface PlannedCall {
  readonly call: Call
  readonly to: number
  readonly perRequest: number
  readonly attempts: number
  readonly timeoutS: number
  readonly required: boolean
  readonly budgeted: boolean
  readonly breaker: boolean
}

/** What one request to an entry sets going. */
export interface Plan {
  readonly entry: string
  readonly steps: readonly Step[]
  readonly stations: readonly Station[]
  /** How long callers of the entry wait, and how often they try. */
  readonly patienceS: number
  readonly attempts: number
  /** Calls for which a request waits; those that lead back up a circle are left out. */
  readonly edges: number
  readonly unknown: readonly string[]
}

/** People give up after about this long (Nielsen 1993, response times: the 10 second limit), where no call or deadline says. */
const patienceS = 10

export function planOf(entry: string, graph: Graph): Plan {
  const order = callersFirst(entry, graph)
  const places = new Map(order.map((id, at) => [id, at]))
  const stations: Station[] = []
  const stationOf = new Map<string, number>()
  const unknown: string[] = []
  const steps = order.map((id, at): Step => {
    const component = graph.ownerOf(id)?.id ?? id
    const known = stationOf.get(component)
    const station = known ?? stations.push(stationAt(component, graph, unknown)) - 1
    stationOf.set(component, station)
    const calls = graph
      .callsOf(id)
      .filter(({ to, synchronous }) => synchronous?.value !== false && (places.get(to) ?? -1) > at)
      .map((call) => plannedCall(call, places.get(call.to) ?? 0, unknown))
    return { id, station, calls }
  })
  const incoming = graph.callsTo(entry)
  const timeouts = [
    graph.operation(entry)?.deadlineMs?.value,
    ...incoming.map(({ timeoutMs }) => timeoutMs?.value),
  ]
  const limits = timeouts.filter((limit) => limit !== undefined)
  return {
    entry,
    steps,
    stations,
    patienceS: limits.length === 0 ? patienceS : Math.min(...limits) / 1000,
    attempts: incoming.reduce((most, { attempts }) => Math.max(most, attempts?.value ?? 1), 1),
    edges: steps.reduce((sum, { calls }) => sum + calls.length, 0),
    unknown,
  }
}

/** Depth-first, so that every call but those of circles leads from an earlier place to a later one. */
function callersFirst(entry: string, graph: Graph): readonly string[] {
  const nodes = graph.once(numbered)
  const { starts, ends } = graph.once(waitedEdges)
  const root = nodes.numberOf(entry)
  if (root < 0) return []
  const seen = new Set([root])
  const stack = [{ node: root, edge: starts[root] ?? 0 }]
  const finished: string[] = []
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.edge >= (starts[frame.node + 1] ?? 0)) {
      stack.pop()
      finished.push(nodes.ids[frame.node] ?? '')
      continue
    }
    const end = ends[frame.edge] ?? 0
    frame.edge += 1
    if (seen.has(end)) continue
    seen.add(end)
    stack.push({ node: end, edge: starts[end] ?? 0 })
  }
  return finished.toReversed()
}

function stationAt(id: string, graph: Graph, unknown: string[]): Station {
  const component = graph.component(id)
  const capacity = component?.capacity?.value
  const count = component === undefined ? undefined : mostReplicas(component)
  if (capacity === undefined) unknown.push(`how many requests a second ${id} answers`)
  else if (count === undefined) unknown.push(`how many replicas of ${id} run`)
  return {
    component: id,
    rate: capacity === undefined ? Infinity : capacity * (count ?? 1),
    longestWaitS: boundsQueue(component) ? shortQueueS : Infinity,
  }
}

function mostReplicas({ autoscaling, replicas }: Component): number | undefined {
  return autoscaling?.value.maximum ?? replicas?.value
}

/** What waits longer than the usual timeout is dead already: a bounded queue is taken to be shorter than that. */
const shortQueueS = 0.1

function boundsQueue(component: Component | undefined): boolean {
  const { traits } = component ?? {}
  return traits?.['load-shedding']?.value === true || traits?.['bounded-queue']?.value === true
}

function plannedCall(call: Call, to: number, unknown: string[]): PlannedCall {
  if (call.timeoutMs === undefined) unknown.push(`how long ${call.from} waits for ${call.to}`)
  if (call.attempts === undefined) unknown.push(`how often ${call.from} tries ${call.to}`)
  return {
    call,
    to,
    perRequest: Math.max(0, call.perRequest?.value ?? 1),
    attempts: Math.max(1, call.attempts?.value ?? 1),
    timeoutS: call.timeoutMs === undefined ? Infinity : call.timeoutMs.value / 1000,
    required: call.required?.value !== false,
    budgeted: call.retryBudget?.value === true,
    breaker: call.circuitBreaker?.value === true,
  }
}
