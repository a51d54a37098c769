import { randomNumbers } from './random.ts'
import type { Plan, PlannedCall } from './plan.ts'

/** What happens from outside during a run: the trigger, after the warm-up. */
export interface Trigger {
  readonly kind: 'spike' | 'slow'
  /** `spike`: the load times this. `slow`: the component's rate times this. */
  readonly factor: number
  readonly seconds: number
  /** Component that is slow. */
  readonly component?: string | undefined
}

export interface RunOptions {
  /** Requests a second at the entry. */
  readonly load: number
  readonly seed: number
  readonly seconds: number
  readonly stepS: number
  readonly warmS: number
  readonly trigger?: Trigger | undefined
}

/** What was offered and what was answered in time, second by second, in requests a second. */
export interface Run {
  readonly offered: readonly number[]
  readonly goodput: readonly number[]
}

/** Retries under a budget are at most this part of the first attempts (Beyer et al. 2016, chapter 21: 10 %). */
const budget = 0.1
/** An open breaker lets this part through, to see whether the callee is back. */
const probing = 0.05

/** One line of attempts that are under way: what was sent at a time fails, and is sent again, after its timeout. */
interface Attempts {
  /** Ring over time for each attempt but the last: requests a second that failed then. */
  readonly failed: readonly Float64Array[]
  readonly delay: number
  /** Exponential mean of the part that succeeds; the breaker looks at it. */
  healthy: number
}

interface State {
  readonly plan: Plan
  readonly stepS: number
  /** Requests that wait, by station. */
  readonly queues: Float64Array
  readonly rates: Float64Array
  /** Part of the arrivals that a full queue refuses. */
  readonly refused: Float64Array
  /** By step: time until it answers, part of the requests that it answers well, requests a second that arrive. */
  readonly delays: Float64Array
  readonly successes: Float64Array
  readonly arrivals: Float64Array
  readonly lines: ReadonlyMap<PlannedCall, Attempts>
  readonly clients: Attempts
  at: number
}

/**
 * A fluid simulation in small steps of time: every component is a queue with a rate; a call that is not answered within its timeout
 * is tried again while the first attempt still takes its callee's time. This work that nobody waits for any more is
 * what keeps an overload alive when its trigger is gone (Bronson et al., HotOS 2021; Huang et al., OSDI 2022).
 */
export function run(plan: Plan, options: RunOptions): Run {
  const { load, seed, seconds, stepS, warmS, trigger } = options
  const state = stateOf(plan, stepS)
  const random = randomNumbers(seed)
  const offered = Array.from({ length: seconds }, () => 0)
  const goodput = Array.from({ length: seconds }, () => 0)
  const steps = Math.round(seconds / stepS)
  for (state.at = 0; state.at < steps; state.at += 1) {
    const second = Math.min(seconds - 1, Math.floor(state.at * stepS))
    const triggered = trigger !== undefined && second >= warmS && second < warmS + trigger.seconds
    for (const [at, { rate, component }] of plan.stations.entries())
      state.rates[at] =
        triggered && trigger.kind === 'slow' && component === trigger.component ? rate * trigger.factor : rate
    const wanted = triggered && trigger.kind === 'spike' ? load * trigger.factor : load
    const arriving = noisy(wanted, stepS, random)
    answer(state)
    offered[second] = (offered[second] ?? 0) + wanted * stepS
    goodput[second] = (goodput[second] ?? 0) + arrive(state, arriving) * stepS
  }
  return { offered, goodput }
}

/** Arrivals vary like a Poisson process does: by the square root of their number (normal approximation, from the sum of uniforms). */
function noisy(rate: number, stepS: number, random: () => number): number {
  const deviation = (random() + random() + random() - 1.5) * 2 * Math.sqrt(rate / stepS)
  return Math.max(0, rate + deviation)
}

function stateOf(plan: Plan, stepS: number): State {
  const attempts = (count: number, timeoutS: number): Attempts => {
    const delay = Math.max(1, Math.round(Math.min(timeoutS, 30) / stepS))
    return { failed: Array.from({ length: count - 1 }, () => new Float64Array(delay)), delay, healthy: 1 }
  }
  const calls = plan.steps.flatMap((step) => step.calls)
  return {
    plan,
    stepS,
    queues: new Float64Array(plan.stations.length),
    rates: new Float64Array(plan.stations.length),
    refused: new Float64Array(plan.stations.length),
    delays: new Float64Array(plan.steps.length),
    successes: new Float64Array(plan.steps.length),
    arrivals: new Float64Array(plan.steps.length),
    lines: new Map(calls.map((call) => [call, attempts(call.attempts, call.timeoutS)])),
    clients: attempts(plan.attempts, plan.patienceS),
    at: 0,
  }
}

/** Callees before callers: how long each step takes now, and how much of it is answered well. */
function answer(state: State): void {
  const { plan, queues, rates, delays, successes, refused } = state
  for (let at = plan.steps.length - 1; at >= 0; at -= 1) {
    const step = plan.steps[at]
    if (step === undefined) continue
    let delay = waitAt(step.station, queues, rates)
    let success = 1 - (refused[step.station] ?? 0)
    for (const call of step.calls) {
      const one = attemptSuccess(call, state)
      const all = 1 - (1 - one) ** call.attempts
      const tries = one === 0 ? call.attempts : all / one
      delay += tries * Math.min(delays[call.to] ?? 0, call.timeoutS) * Math.max(1, call.perRequest)
      if (call.required) success *= all ** call.perRequest
    }
    delays[at] = delay
    successes[at] = success
  }
}

function waitAt(station: number, queues: Float64Array, rates: Float64Array): number {
  const rate = rates[station] ?? Infinity
  return rate === Infinity ? 0 : (queues[station] ?? 0) / rate + 1 / rate
}

/** Times scatter a little: between nine tenths and eleven tenths of the limit more and more come too late. */
function inTime(delay: number, limit: number): number {
  return limit === Infinity ? 1 : Math.min(1, Math.max(0, (1.1 * limit - delay) / (0.2 * limit)))
}

function attemptSuccess({ to, timeoutS }: PlannedCall, { delays, successes }: State): number {
  return inTime(delays[to] ?? 0, timeoutS) * (successes[to] ?? 1)
}

/** Callers before callees: what arrives at each step, and what the queues then hold. Gives the answers in time, a second. */
function arrive(state: State, load: number): number {
  const { plan, arrivals, delays, successes, clients } = state
  arrivals.fill(0)
  const well = inTime(delays[0] ?? 0, plan.patienceS) * (successes[0] ?? 1)
  const wanted = sent(
    { line: clients, first: load, success: well, budgeted: false, breaker: false },
    state.at,
  )
  arrivals[0] = wanted
  const asked = new Float64Array(plan.stations.length)
  for (const [at, step] of plan.steps.entries()) {
    const arriving = arrivals[at] ?? 0
    asked[step.station] = (asked[step.station] ?? 0) + arriving
    const served = arriving * servedPart(step.station, asked, state)
    for (const call of step.calls) {
      const line = state.lines.get(call)
      if (line === undefined) continue
      const made = {
        line,
        first: served * call.perRequest,
        success: attemptSuccess(call, state),
        budgeted: call.budgeted,
        breaker: call.breaker,
      }
      arrivals[call.to] = (arrivals[call.to] ?? 0) + sent(made, state.at)
    }
  }
  serve(asked, state)
  return wanted * well
}

/** A station passes on to its callees what it works off: at most its rate, whatever arrives. */
function servedPart(station: number, asked: Float64Array, { queues, rates, stepS }: State): number {
  const rate = rates[station] ?? Infinity
  const arriving = asked[station] ?? 0
  if (rate === Infinity || arriving === 0) return 1
  const waiting = (queues[station] ?? 0) / stepS
  return Math.min(rate, arriving + waiting) / arriving
}

interface Sending {
  readonly line: Attempts
  readonly first: number
  readonly success: number
  readonly budgeted: boolean
  readonly breaker: boolean
}

/** First attempts and the retries of what failed one timeout ago. */
function sent({ line, first, success, budgeted, breaker }: Sending, at: number): number {
  const slot = at % line.delay
  const due = line.failed.map((ring) => ring[slot] ?? 0)
  const retries = due.reduce((sum, rate) => sum + rate, 0)
  const allowed = budgeted && retries > budget * first ? (budget * first) / retries : 1
  const open = breaker && line.healthy < 0.5 ? probing : 1
  line.healthy += (success - line.healthy) * 0.05
  let previous = first * open
  for (const [attempt, ring] of line.failed.entries()) {
    ring[slot] = previous * (1 - success)
    previous = (due[attempt] ?? 0) * allowed * open
  }
  return (first + retries * allowed) * open
}

function serve(asked: Float64Array, { plan, queues, rates, refused, stepS }: State): void {
  for (const [at, { longestWaitS }] of plan.stations.entries()) {
    const rate = rates[at] ?? Infinity
    if (rate === Infinity) continue
    const arriving = (asked[at] ?? 0) * stepS
    const waiting = Math.max(0, (queues[at] ?? 0) + arriving - rate * stepS)
    const most = longestWaitS === Infinity ? Infinity : rate * longestWaitS
    const over = Math.max(0, waiting - most)
    queues[at] = waiting - over
    refused[at] = arriving === 0 ? 0 : Math.min(1, over / arriving)
  }
}
