import type { Connection } from '../transport/transport.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** Milliseconds between two looks. */
const lookMs = 100
/** Looks without a sign of life after a ping, by which the endpoint is stuck: others are asked. Counted and not timed, so that this process's own
 * pauses are nobody else's fault. */
const stuckLooks = 3
/** … and by which the connection is given up, with all calls on it. */
const deadLooks = 100
/** Pauses between two attempts to reach an endpoint that could not be reached; each is drawn between half and the whole of it. */
const firstPauseMs = 200
const longestPauseMs = 5_000

interface Watched {
  answersBefore: number
  /** Where a ping was sent that has no answer yet. */
  pinged: Connection | undefined
  /** Looks since then. */
  looks: number
  attempts: number
  nextAttemptAt: number
}

/**
 * Looks after endpoints while calls are under way, on one timer for all of them: one that gives no sign of life is not asked any more, and one that could
 * not be reached is tried with pings, so that no call has to find out. Keeps no process alive.
 */
export class EndpointWatch {
  readonly #endpoints: () => Iterable<OpenEndpoint>
  readonly #watched = new WeakMap<OpenEndpoint, Watched>()
  #timer: NodeJS.Timeout | undefined

  constructor(endpoints: () => Iterable<OpenEndpoint>) {
    this.#endpoints = endpoints
  }

  /** A call begins, or an endpoint could not be reached. Cheap: called for each call. */
  wake(): void {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(this.#look, lookMs)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  readonly #look = (): void => {
    const now = performance.now()
    let busy = false
    for (const endpoint of this.#endpoints()) {
      if (this.#lookAt(endpoint, now)) busy = true
    }
    if (!busy) this.close()
  }

  /** True where it has to be looked at again. */
  #lookAt(endpoint: OpenEndpoint, now: number): boolean {
    const watched = this.#of(endpoint)
    const waits = watched.pinged !== undefined
    if (endpoint.answers !== watched.answersBefore) {
      watched.answersBefore = endpoint.answers
      endpoint.revive(now)
    } else if (watched.pinged !== undefined) this.#judge(endpoint, watched, watched.pinged)
    else if (!endpoint.reachable) this.#tryAgain(endpoint, watched, now)
    else if (endpoint.inFlight > 0) this.#ping(endpoint, watched)
    return waits || endpoint.inFlight > 0 || !endpoint.reachable || !endpoint.answering
  }

  #judge(endpoint: OpenEndpoint, watched: Watched, pinged: Connection): void {
    watched.looks += 1
    if (watched.looks >= stuckLooks) endpoint.answering = false
    if (watched.looks >= deadLooks) pinged.reset()
  }

  #tryAgain(endpoint: OpenEndpoint, watched: Watched, now: number): void {
    if (now < watched.nextAttemptAt) return
    watched.attempts += 1
    this.#ping(endpoint, watched)
  }

  #ping(endpoint: OpenEndpoint, watched: Watched): void {
    const { connection } = endpoint
    watched.pinged = connection
    watched.looks = 0
    const over = (alive: boolean) => {
      watched.pinged = undefined
      // Of a connection that was replaced meanwhile nothing is concluded.
      if (endpoint.connection === connection) this.#conclude(endpoint, watched, alive)
    }
    try {
      connection.ping().then(
        () => over(true),
        () => over(false),
      )
    } catch {
      over(false)
    }
  }

  #conclude(endpoint: OpenEndpoint, watched: Watched, alive: boolean): void {
    const now = performance.now()
    if (alive) {
      watched.attempts = 0
      endpoint.revive(now)
      return
    }
    endpoint.reachable = false
    endpoint.answering = true
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** watched.attempts)
    watched.nextAttemptAt = now + longest * (0.5 + Math.random() / 2)
  }

  #of(endpoint: OpenEndpoint): Watched {
    let watched = this.#watched.get(endpoint)
    if (watched === undefined) {
      watched = {
        answersBefore: endpoint.answers,
        pinged: undefined,
        looks: 0,
        attempts: 0,
        nextAttemptAt: 0,
      }
      this.#watched.set(endpoint, watched)
    }
    return watched
  }
}
