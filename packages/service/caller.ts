import type { Json } from '@plimsoll/base'
import { spiffeId, type Credentials, type SpiffeId } from '@plimsoll/identity'
import { SignalEnding, type Ending } from './deadline.ts'
import { Endpoints, unavailable, type Target } from './endpoints.ts'
import { CallFailure, type CallFailureCode } from './errors.ts'
import { failureOf } from './problem-reply.ts'
import { pauseAfter, pauseUnlessEnded } from './resilience/backoff.ts'
import type { BulkheadLimits, Entering } from './resilience/bulkhead.ts'
import type { OpenEndpoint } from './resilience/endpoint.ts'
import type { ReleaseOutcome } from './telemetry/release-outcomes.ts'
import { Telemetry } from './telemetry/telemetry.ts'
import { childOf, continueTrace, formatTraceparent, type Trace } from './traceparent.ts'
import { connectFrames } from './transport/frames/client.ts'
import type { Connect, IncomingBody, OutgoingBody, OutgoingCall, Reply } from './transport/transport.ts'
import type { Snapshot } from './workload/protocol.ts'

export interface CallerOptions {
  /** Asked for each call; a new object means renewed credentials. */
  readonly credentials: () => Credentials
  readonly trustDomain: string
  readonly snapshot: () => Snapshot
  /** Who must answer for a service. Default: the identity of the service of that name. */
  readonly expected?: (service: string) => SpiffeId
  /** Largest answer that is read, in bytes. Default 1 MiB. */
  readonly maxOutputBytes?: number
  /** What each service that is called may hold of this process. Default: 512 calls under way, 512 that wait. */
  readonly bulkhead?: Partial<BulkheadLimits>
  /** The wire. Default: frames. */
  readonly connect?: Connect
  /** Where spans and metrics of the calls are kept. Default: one of its own. */
  readonly telemetry?: Telemetry
}

export interface CallRequest {
  readonly service: string
  readonly operation: string
  readonly input: Json
  /** What goes beside the input; a call that has begun to send it is not repeated. */
  readonly body?: OutgoingBody | undefined
  /** Longest time until a stream or a file has come or gone whole, in milliseconds. */
  readonly wholeMs?: number | undefined
  /** Longest time of one attempt, in milliseconds. */
  readonly timeoutMs: number
  /** How often it is tried, the first time included; above 1 only for idempotent operations. Default 1. */
  readonly attempts?: number
  /** Longest time of everything, waits between attempts included. Default: `attempts` times `timeoutMs`. */
  readonly withinMs?: number
  /** The token about the subject, as it came or as the gateway made it. */
  readonly subject?: string | undefined
  /** On whose behalf releases are compared: `consumer:storefront`. Default: this process's service. */
  readonly party?: string | undefined
  readonly traceparent?: string | undefined
  /** Place in the chain of what the call is made for, where that is known; it counts before `traceparent`. */
  readonly trace?: Trace | undefined
  /** Ends the call early. */
  readonly signal?: AbortSignal | undefined
  /** The same, where the call that it is made for has an ending of its own. */
  readonly ending?: Ending | undefined
}

export type CallOutcome =
  | {
      readonly ok: true
      /** Null where the answer is a body. */
      readonly output: Json
      readonly body?: IncomingBody | undefined
      readonly unfit?: Unfit | undefined
    }
  | {
      readonly ok: false
      readonly code: string
      readonly status: number
      readonly data: Json | undefined
      readonly unfit?: Unfit | undefined
    }

/** For whoever finds that the answer does not fit its contract; there while two releases are compared. */
type Unfit = () => void

/** Calls operations of services by name, with JSON: what typed clients, the gateway and the command line stand on. */
export interface Caller {
  /**
   * The output, or the declared error, as the service gave it; its schema is not looked at here.
   * @throws {CallFailure} where there is neither.
   */
  call(request: CallRequest): Promise<CallOutcome>
  close(): Promise<void>
}

const defaultBulkhead: BulkheadLimits = { mostInFlight: 512, mostWaiting: 512 }

/** Opens nothing; connections are made when they are needed and kept for the next call. */
export function createCaller(options: CallerOptions): Caller {
  const { trustDomain, credentials, snapshot } = options
  const { telemetry = new Telemetry({ service: 'caller', instance: 'caller' }) } = options
  const endpoints = new Endpoints({
    connect: options.connect ?? connectFrames,
    credentials,
    snapshot,
    expected: options.expected ?? ((service) => spiffeId(trustDomain, 'service', service)),
    maxOutputBytes: options.maxOutputBytes ?? 1_048_576,
    bulkhead: { ...defaultBulkhead, ...options.bulkhead },
    onReleases: (service, releases) => telemetry.releases.keep(service, releases),
  })
  return {
    call: (request) => new CallInProgress(request, endpoints, telemetry).outcome,
    close: async () => endpoints.close(),
  }
}

/**
 * One call with all its attempts. It is repeated where it was declared so and the target's budget allows it; where an endpoint certainly did not begin, the next one is
 * asked at once, whatever the operation, because that repeats nothing.
 */
class CallInProgress implements Entering {
  readonly outcome: Promise<CallOutcome>
  readonly endsAt: number
  readonly ending: Ending | undefined
  readonly #request: CallRequest
  readonly #name: string
  readonly #endpoints: Endpoints
  readonly #target: Target
  /** The input as JSON text. */
  readonly #text: string
  readonly #subject: string | undefined
  readonly #resolve: (outcome: CallOutcome) => void
  readonly #reject: (failure: unknown) => void
  #attempt = 1
  #bodyHasBegun = false
  /** Endpoints that this call has met without success. */
  #tried: Set<OpenEndpoint> | undefined
  /** The one that is asked now, and since when. */
  #asked: OpenEndpoint | undefined
  #askedAt = 0
  /** Attempts that were sent. */
  #asks = 0
  readonly #telemetry: Telemetry
  readonly #begun: number
  readonly #trace: Trace

  constructor(request: CallRequest, endpoints: Endpoints, telemetry: Telemetry) {
    const { promise, resolve, reject } = Promise.withResolvers<CallOutcome>()
    this.outcome = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#request = request
    this.#telemetry = telemetry
    this.#begun = telemetry.begin('called')
    this.#trace =
      request.trace === undefined
        ? continueTrace(request.traceparent, undefined, telemetry.sample)
        : childOf(request.trace)
    this.#endpoints = endpoints
    this.#target = endpoints.target(request.service)
    this.#name = `${request.service}.${request.operation}`
    this.#text = JSON.stringify(request.input)
    this.#subject = request.subject
    this.endsAt = performance.now() + (request.withinMs ?? request.timeoutMs * (request.attempts ?? 1))
    this.ending =
      request.signal === undefined ? request.ending : new SignalEnding(request.signal, request.ending)
    this.#target.bulkhead.take(this)
  }

  enter(): void {
    this.#target.budget.deposit()
    this.#ask(undefined)
  }

  turnAway(why: 'full' | 'late' | 'ended'): void {
    const target = this.#name
    if (why === 'ended') this.#end(cancelled(target))
    else if (why === 'late') this.#end(noTimeLeft(target))
    else this.#end(unavailable(target, `too many calls of ${this.#request.service} at once`))
  }

  /** One attempt. @param last why the one before failed, where this one goes on from it */
  #ask(last: CallFailure | undefined): void {
    const now = performance.now()
    const left = Math.floor(Math.min(this.#request.timeoutMs, this.endsAt - now))
    if (this.ending?.reason !== undefined) return this.#fail(cancelled(this.#name))
    if (left < 1) return this.#fail(last ?? noTimeLeft(this.#name))
    const endpoint = this.#endpoints.choose(this.#target, this.#tried, now)
    if (endpoint === undefined) return this.#noneLeft(last)
    this.#asked = endpoint
    this.#askedAt = now
    endpoint.inFlight += 1
    this.#asks += 1
    try {
      endpoint.connection.call(this.#outgoing(left)).then(this.#replied, this.#failed)
    } catch (thrown) {
      this.#failed(thrown)
    }
  }

  #outgoing(timeoutMs: number): OutgoingCall {
    const { operation, body, wholeMs } = this.#request
    const traceparent = formatTraceparent(this.#trace)
    return {
      operation,
      target: this.#name,
      input: this.#text,
      timeoutMs,
      ending: this.ending,
      metadata: {
        deadline: wholeMs ?? timeoutMs,
        subject: this.#subject,
        traceparent,
        tracestate: this.#trace.state,
      },
      body: body === undefined ? undefined : this.#marked(body),
      wholeMs,
    }
  }

  readonly #replied = (reply: Reply): void => {
    const endpoint = this.#asked
    if (endpoint !== undefined) endpoint.answers += 1
    if (reply.kind === 'problem') return this.#failed(failureOf(reply.status, reply.problem, this.#name))
    if (endpoint !== undefined) {
      const now = performance.now()
      endpoint.inFlight -= 1
      endpoint.latency.observe(now - this.#askedAt, now)
      endpoint.outlier.succeeded()
    }
    this.#target.bulkhead.leave()
    const outcome = outcomeOf(reply, this.#compare(endpoint, 'ok'))
    this.#tell(outcome.ok ? 'OK' : outcome.code, false)
    this.#resolve(outcome)
  }

  readonly #failed = (thrown: unknown): void => {
    const endpoint = this.#asked
    if (endpoint !== undefined) endpoint.inFlight -= 1
    if (!(thrown instanceof CallFailure)) return this.#fail(thrown)
    if (endpoint !== undefined) {
      this.#learn(endpoint, thrown)
      const compared = comparedOf(thrown)
      if (compared !== undefined) this.#compare(endpoint, compared)
    }
    this.#next(thrown)
  }

  /** Counts an attempt at a release that runs beside another one. */
  #compare(endpoint: OpenEndpoint | undefined, outcome: ReleaseOutcome): Unfit | undefined {
    const release = endpoint?.release
    if (release === undefined) return undefined
    const { service, party = `service:${this.#telemetry.resource.service}` } = this.#request
    const { releases } = this.#telemetry
    const seconds = (performance.now() - this.#askedAt) / 1_000
    releases.record({ service, release, party, outcome, seconds })
    return () => releases.record({ service, release, party, outcome: 'unfit', seconds })
  }

  /** What the failure says of the endpoint. */
  #learn(endpoint: OpenEndpoint, failure: CallFailure): void {
    const now = performance.now()
    if (failure.overloaded) endpoint.latency.penalise(now - this.#askedAt, now)
    else if (failure.notBegun) {
      if (failure.status === undefined) endpoint.reachable = false
      else endpoint.drain(now)
    } else if (failure.code === 'DEADLINE_EXCEEDED') this.#learnOfTimeout(endpoint, now)
    else if (ofEndpoint.has(failure.code)) {
      endpoint.latency.penalise(now - this.#askedAt, now)
      this.#target.failed(endpoint, now)
    }
  }

  /** A call that had less time than the endpoint usually takes says nothing of it. */
  #learnOfTimeout({ latency }: OpenEndpoint, now: number): void {
    const waited = now - this.#askedAt
    const hadTime = waited >= latency.expected(now)
    latency.observe(waited, now)
    if (hadTime && this.#asked !== undefined) this.#target.failed(this.#asked, now)
  }

  /** Goes on elsewhere, comes back after a pause, or ends. */
  #next(failure: CallFailure): void {
    if (this.#bodyHasBegun) return this.#fail(failure)
    if (this.#asked !== undefined) (this.#tried ??= new Set()).add(this.#asked)
    if (failure.notBegun && !failure.overloaded) return this.#ask(failure)
    if (failure.overloaded) {
      const elsewhere = this.#target.endpoints.some((endpoint) => this.#tried?.has(endpoint) !== true)
      return elsewhere && this.#target.budget.withdraw() ? this.#ask(failure) : this.#fail(failure)
    }
    this.#repeat(failure)
  }

  /** The same body; once its first piece is asked for, it cannot be sent again. */
  #marked(body: OutgoingBody): OutgoingBody {
    const pieces = {
      [Symbol.asyncIterator]: () => {
        this.#bodyHasBegun = true
        return body.pieces[Symbol.asyncIterator]()
      },
    }
    return { ...body, pieces }
  }

  /** All have been met: the failure of the last one ends this attempt, and the next one may ask all of them again. */
  #noneLeft(last: CallFailure | undefined): void {
    const { service } = this.#request
    const failure = last ?? unavailable(service, `no replica of ${service} can be reached`)
    if (this.#tried === undefined) return this.#fail(failure)
    this.#tried = undefined
    if (last === undefined) return this.#ask(failure)
    return this.#repeat(failure)
  }

  #repeat(failure: CallFailure): void {
    const again = repeatable.has(failure.code) && this.#attempt < (this.#request.attempts ?? 1)
    const pause = pauseAfter(this.#attempt)
    if (!again || pause >= this.endsAt - performance.now() || !this.#target.budget.withdraw())
      return this.#fail(failure)
    this.#attempt += 1
    pauseUnlessEnded(pause, this.ending, () => this.#ask(undefined))
  }

  #fail(failure: unknown): void {
    this.#target.bulkhead.leave()
    this.#end(failure)
  }

  #end(failure: unknown): void {
    this.#tell(failure instanceof CallFailure ? failure.code : 'INTERNAL', true)
    this.#reject(failure)
  }

  #tell(code: string, failed: boolean): void {
    this.#telemetry.end('called', this.#begun, {
      trace: this.#trace,
      name: this.#name,
      code,
      failed,
      peer: this.#asked?.address,
      attempts: this.#asks,
      leftMs: Math.max(0, this.endsAt - performance.now()),
    })
  }
}

/** Failures that say something of the endpoint and not of the call. */
const ofEndpoint: ReadonlySet<CallFailureCode> = new Set(['UNAVAILABLE', 'INTERNAL', 'INVALID_OUTPUT'])
/** Failures after which another attempt may go better: broken connections, and attempts that took too long. */
const repeatable: ReadonlySet<CallFailureCode> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED'])

function cancelled(target: string): CallFailure {
  return new CallFailure('CANCELLED', `the call of ${target} was cancelled`, { target })
}

function noTimeLeft(target: string): CallFailure {
  return new CallFailure('DEADLINE_EXCEEDED', `no time is left to call ${target}`, { target })
}

/** How an attempt counts that failed; undefined where it says nothing of the release, because it did not begin there. */
function comparedOf({ code, notBegun, overloaded }: CallFailure): ReleaseOutcome | undefined {
  if (notBegun && !overloaded) return undefined
  if (code === 'INVALID_OUTPUT' || code === 'INVALID_INPUT') return 'misfit'
  return code === 'CANCELLED' ? 'ok' : 'failed'
}

function outcomeOf(
  reply: Exclude<Reply, { readonly kind: 'problem' }>,
  unfit: Unfit | undefined,
): CallOutcome {
  const compared = unfit === undefined ? undefined : { unfit }
  if (reply.kind === 'output') return { ok: true, output: reply.output, ...compared }
  return reply.kind === 'body'
    ? { ok: true, output: null, body: reply.body, ...compared }
    : { ok: false, code: reply.code, status: reply.status, data: reply.data, ...compared }
}
