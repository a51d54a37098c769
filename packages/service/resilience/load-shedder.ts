import type { Answer, ProblemAnswer } from '../answer.ts'
import type { TimedCall } from '../interceptors/interceptor.ts'
import type { Logger } from '../log.ts'
import type { Awaitable } from '../validation.ts'
import { ConcurrencyLimit } from './concurrency-limit.ts'
import { ranks, WaitingLine, type Rank, type Waiting } from './waiting-line.ts'

/** How long calls may hold the thread until whatever came in meanwhile is looked at. Milliseconds, as everything here. */
const sliceMs = 2
/**
 * A line in which somebody had waited too long at every look of so long stands, and one in which nobody had moves again. A look counts for at most so much, so that a pause of
 * the whole process, after which the line is gone in a moment, is no overload.
 */
const intervalMs = 100
const longestLookMs = 10
/** Who waits in a line that stands is sent away after so long, or half of what a call takes, or its patience (after Nichols and Jacobson, Controlling Queue Delay, ACM
 * Queue 2012). One that moves is bounded by its length and the callers' deadlines alone. */
const shortestBoundMs = 5
/** What part of the time that it has left a caller does not mind to wait, by rank: what matters most waits rather than fails. */
const patience = [0.04, 0.01, 0.01] as const
const sweepMs = 5
const mostWaiting = 256
const leastLimit = 4
const firstLimit = 32
/** Between two lines in the log. */
const tellMs = 1_000

type Next = (call: TimedCall) => Awaitable<Answer>

/** Decides whether a call runs: at once, in a moment or not at all. */
export interface Admission {
  admit(call: TimedCall, next: Next): Awaitable<Answer>
}

/** The operation did not begin; the caller should ask another replica, and not this one again at once. */
const overloaded: ProblemAnswer = {
  kind: 'problem',
  status: 503,
  code: 'OVERLOADED',
  detail: 'this replica has too much to do; ask another one',
}

/**
 * Lets as many calls run as a replica can carry, and sends away the rest at once, the least important first. Two things bound it: the concurrency that its own
 * latencies show to be useful, and the thread: while calls hold it, what comes in is put in line instead of being run in the order of the sockets.
 */
export class LoadShedder implements Admission {
  readonly #logger: Logger
  readonly #limit: ConcurrencyLimit
  readonly #line = new WaitingLine<WaitingCall>(mostWaiting)
  readonly #running = new Set<RunningCall>()
  #sliceEndsAt = 0
  #sliceIsOpen = false
  #stands = false
  /** For how long every look has said the contrary of `#stands`. */
  #otherwiseMs = 0
  #lookedAt = 0
  /** How long a call takes, as a moving average. */
  #typicalMs = 0
  #sweeping: NodeJS.Timeout | undefined
  #shed = 0
  #toldAt = 0

  constructor(options: { readonly logger: Logger; readonly mostRunning: number }) {
    const { logger, mostRunning } = options
    this.#logger = logger
    this.#limit = new ConcurrencyLimit({
      least: Math.min(leastLimit, mostRunning),
      most: mostRunning,
      first: Math.min(firstLimit, mostRunning),
    })
  }

  /** Runs the call now or in a moment, or answers `overloaded`. */
  admit(call: TimedCall, next: Next): Awaitable<Answer> {
    // How long it runs is up to who sends the body: that says nothing of this replica, and must not keep a place.
    if (call.operation.inputBody !== undefined) return next(call)
    const now = performance.now()
    if (this.#line.size === 0 && this.#threadIsFree(now) && this.#hasPlace(now))
      return this.#run(call, next, now)
    return this.#letWait(call, next, now)
  }

  #threadIsFree(now: number): boolean {
    if (this.#sliceIsOpen) return now < this.#sliceEndsAt
    this.#openSlice(now)
    return true
  }

  /** From here to the next look at the sockets. */
  #openSlice(now: number): void {
    this.#sliceIsOpen = true
    this.#sliceEndsAt = now + sliceMs
    setImmediate(this.#sliceOver)
  }

  readonly #sliceOver = (): void => {
    this.#sliceIsOpen = false
    if (this.#line.size > 0) this.#goOn()
  }

  #hasPlace(now: number): boolean {
    if (this.#running.size < this.#limit.limit) return true
    for (const running of this.#running) if (running.isOver(now)) this.#over(running, now)
    return this.#running.size < this.#limit.limit
  }

  #run(call: TimedCall, next: Next, now: number): Awaitable<Answer> {
    const answer = next(call)
    if (answer instanceof Promise) {
      const running = new RunningCall(call, now, this.#limit.phase)
      this.#running.add(running)
      this.#limit.begin(this.#running.size)
      const over = () => this.#over(running, performance.now())
      answer.then(over, over)
    } else this.#learn(performance.now() - now)
    return answer
  }

  /** Its place is free: it has ended, or its time is over and nobody waits for it any more. */
  #over(running: RunningCall, now: number): void {
    if (!this.#running.delete(running)) return
    const tookMs = now - running.beganAt
    this.#learn(tookMs)
    this.#limit.end(running.call.operation, { tookMs, phase: running.phase, now })
    if (this.#line.size > 0 && !this.#sliceIsOpen) this.#openSlice(now)
  }

  #learn(tookMs: number): void {
    this.#typicalMs += (tookMs - this.#typicalMs) / 64
  }

  #letWait(call: TimedCall, next: Next, now: number): Awaitable<Answer> {
    if (!this.#sliceIsOpen) this.#openSlice(now)
    // As long as it was empty nobody was late.
    if (this.#line.size === 0) this.#look(false, now, now - this.#lookedAt)
    const waiting = new WaitingCall({ call, next }, ranks[call.operation.priority], now)
    const leaver = this.#line.join(waiting)
    if (leaver === waiting) return this.#sendAway(now)
    leaver?.resolve(this.#sendAway(now))
    if (this.#sweeping === undefined) this.#sweeping = setTimeout(this.#sweep, sweepMs).unref()
    return waiting.answer
  }

  /** Runs who waits, as long as there are places and the thread is not held too long. */
  #goOn(): void {
    let now = performance.now()
    this.#sendAwayTheLate(now)
    // Where there is no place the end of a running call goes on here.
    if (this.#line.size === 0 || !this.#hasPlace(now)) return
    this.#openSlice(now)
    while (this.#line.size > 0 && now < this.#sliceEndsAt && this.#hasPlace(now)) {
      this.#runNext(now)
      now = performance.now()
    }
  }

  #runNext(now: number): void {
    const waiting = this.#line.next(this.#stands)
    // Nobody waits for it any more: its time is over, or its caller has gone.
    if (waiting === undefined || waiting.call.deadline.reason !== undefined) return
    try {
      waiting.resolve(this.#run(waiting.call, waiting.next, now))
    } catch (thrown) {
      waiting.reject(thrown)
    }
  }

  #sendAwayTheLate(now: number): void {
    const bound = Math.max(shortestBoundMs, this.#typicalMs / 2)
    this.#look(this.#line.hasLate(bound, now), now, Math.min(longestLookMs, now - this.#lookedAt))
    if (!this.#stands) return
    for (let late = this.#line.takeLate(bound, now); late !== undefined;) {
      late.resolve(this.#sendAway(now))
      late = this.#line.takeLate(bound, now)
    }
  }

  #look(late: boolean, now: number, countsMs: number): void {
    this.#lookedAt = now
    this.#otherwiseMs = late === this.#stands ? 0 : this.#otherwiseMs + countsMs
    if (this.#otherwiseMs < intervalMs) return
    this.#stands = late
    this.#otherwiseMs = 0
  }

  readonly #sweep = (): void => {
    this.#sweeping = undefined
    this.#sendAwayTheLate(performance.now())
    if (this.#line.size > 0) this.#sweeping = setTimeout(this.#sweep, sweepMs).unref()
  }

  /** One line a second tells of all of them: an overloaded replica has better things to do than to write. */
  #sendAway(now: number): ProblemAnswer {
    this.#shed += 1
    if (now - this.#toldAt >= tellMs) {
      const facts = { shed: this.#shed, running: this.#running.size, limit: this.#limit.limit }
      this.#logger.write('warn', 'overloaded', facts)
      this.#toldAt = now
      this.#shed = 0
    }
    return overloaded
  }
}

/** A call whose handler has begun and not ended. */
class RunningCall {
  readonly call: TimedCall
  readonly beganAt: number
  readonly phase: number

  constructor(call: TimedCall, beganAt: number, phase: number) {
    this.call = call
    this.beganAt = beganAt
    this.phase = phase
  }

  /**
   * Not where only its caller has gone: a handler that does not heed that goes on, and who begins and gives up calls must not get more places than who
   * waits.
   */
  isOver(now: number): boolean {
    return this.call.deadline.endsAt <= now
  }
}

class WaitingCall implements Waiting {
  readonly call: TimedCall
  readonly next: Next
  readonly rank: Rank
  readonly since: number
  readonly patienceMs: number
  readonly answer: Promise<Answer>
  readonly resolve: (answer: Awaitable<Answer>) => void
  readonly reject: (thrown: unknown) => void

  constructor({ call, next }: { readonly call: TimedCall; readonly next: Next }, rank: Rank, since: number) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.call = call
    this.next = next
    this.rank = rank
    this.since = since
    this.patienceMs = (call.deadline.endsAt - since) * patience[rank]
    this.answer = promise
    this.resolve = resolve
    this.reject = reject
  }
}
