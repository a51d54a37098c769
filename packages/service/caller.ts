import { type Json, type Problem } from '@plimsoll/base'
import { spiffeId, type Credentials, type SpiffeId } from '@plimsoll/identity'
import { SignalEnding, type Ending } from './deadline.ts'
import { Endpoints, type OpenEndpoint } from './endpoints.ts'
import { CallFailure, type CallFailureCode } from './errors.ts'
import type { Subject } from './service.ts'
import { encodeSubject } from './subject.ts'
import { connectFrames } from './transport/frames/client.ts'
import type { Connect, OutgoingCall, Reply } from './transport/transport.ts'
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
  /** The wire. Default: frames. */
  readonly connect?: Connect
}

export interface CallRequest {
  readonly service: string
  readonly operation: string
  readonly input: Json
  /** Longest time of one attempt, in milliseconds. */
  readonly timeoutMs: number
  /** How often it is tried, the first time included; above 1 only for idempotent operations. Default 1. */
  readonly attempts?: number
  /** Longest time of everything, waits between attempts included. Default: `attempts` times `timeoutMs`. */
  readonly withinMs?: number
  readonly subject?: Subject | undefined
  readonly traceparent?: string | undefined
  /** Ends the call early. */
  readonly signal?: AbortSignal | undefined
  /** The same, where the call that it is made for has an ending of its own. */
  readonly ending?: Ending | undefined
}

export type CallOutcome =
  | { readonly ok: true; readonly output: Json }
  | { readonly ok: false; readonly code: string; readonly status: number; readonly data: Json | undefined }

/** Calls operations of services by name, with JSON: what typed clients, the gateway and the command line stand on. */
export interface Caller {
  /**
   * The output, or the declared error, as the service gave it; its schema is not looked at here.
   * @throws {CallFailure} where there is neither.
   */
  call(request: CallRequest): Promise<CallOutcome>
  close(): Promise<void>
}

const firstPauseMs = 20
const longestPauseMs = 1_000

/** Opens nothing; connections are made when they are needed and kept for the next call. */
export function createCaller(options: CallerOptions): Caller {
  const { trustDomain, credentials, snapshot } = options
  const endpoints = new Endpoints({
    connect: options.connect ?? connectFrames,
    credentials,
    snapshot,
    expected: options.expected ?? ((service) => spiffeId(trustDomain, 'service', service)),
    maxOutputBytes: options.maxOutputBytes ?? 1_048_576,
  })
  return {
    call: (request) => callWithRetries(new CallInProgress(request), endpoints),
    close: async () => endpoints.close(),
  }
}

/** One call with all its attempts. */
class CallInProgress {
  readonly request: CallRequest
  readonly target: string
  /** The input as JSON text. */
  readonly text: string
  readonly endsAt: number
  readonly subject: string | undefined
  readonly ending: Ending | undefined
  /** Endpoints that this call has met without success. */
  readonly tried = new Set<string>()

  constructor(request: CallRequest) {
    const within = request.withinMs ?? request.timeoutMs * (request.attempts ?? 1)
    this.request = request
    this.target = `${request.service}.${request.operation}`
    this.text = JSON.stringify(request.input)
    this.endsAt = performance.now() + within
    this.subject = request.subject === undefined ? undefined : encodeSubject(request.subject)
    this.ending =
      request.signal === undefined ? request.ending : new SignalEnding(request.signal, request.ending)
  }

  /**
   * The next attempt, as it travels.
   * @throws {CallFailure} where no time is left, or nobody waits any more
   */
  outgoing(): OutgoingCall {
    const { operation, timeoutMs, traceparent } = this.request
    const { target, ending } = this
    if (ending?.reason !== undefined)
      throw new CallFailure('CANCELLED', `the call of ${target} was cancelled`, { target })
    const left = Math.floor(Math.min(timeoutMs, this.endsAt - performance.now()))
    if (left < 1) throw new CallFailure('DEADLINE_EXCEEDED', `no time is left to call ${target}`, { target })
    return {
      operation,
      target,
      input: this.text,
      timeoutMs: left,
      ending,
      metadata: { deadline: left, subject: this.subject, traceparent },
    }
  }
}

async function callWithRetries(call: CallInProgress, endpoints: Endpoints): Promise<CallOutcome> {
  const attempts = call.request.attempts ?? 1
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await callOnce(call, endpoints)
    } catch (thrown) {
      const pause = pauseAfter(attempt)
      const again = isUnavailable(thrown) && attempt < attempts && pause < call.endsAt - performance.now()
      if (!again) throw thrown
      await pauseUnlessEnded(pause, call.ending)
    }
  }
}

/** Full jitter: anything between nothing and a bound that doubles, so that callers do not come back together. */
function pauseAfter(attempt: number): number {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt)
}

function pauseUnlessEnded(milliseconds: number, ending: Ending | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      ending?.offEnd(done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    ending?.onEnd(done)
  })
}

/**
 * One attempt. Where an endpoint certainly did not begin, because no connection was made or because it is about to end,
 * the next one is asked at once: that repeats nothing, whatever the operation.
 */
function callOnce(call: CallInProgress, endpoints: Endpoints, last?: CallFailure): Promise<CallOutcome> {
  const endpoint = chooseAfter(call, endpoints, last)
  const outgoing = call.outgoing()
  endpoint.inFlight += 1
  return endpoint.connection
    .call(outgoing)
    .then(
      (reply) => {
        endpoint.inFlight -= 1
        return outcomeOf(reply, call.target)
      },
      (thrown: unknown) => {
        endpoint.inFlight -= 1
        throw thrown
      },
    )
    .catch((thrown: unknown) => {
      if (!isUnavailable(thrown)) throw thrown
      call.tried.add(endpoint.address)
      if (!thrown.notBegun) throw thrown
      endpoints.suspend(endpoint)
      return callOnce(call, endpoints, thrown)
    })
}

/** Where all have been met: the failure of the last one ends this attempt, and the next one may ask all of them again. */
function chooseAfter(
  call: CallInProgress,
  endpoints: Endpoints,
  last: CallFailure | undefined,
): OpenEndpoint {
  const { service } = call.request
  try {
    return endpoints.choose(service, call.tried)
  } catch (thrown) {
    if (call.tried.size === 0) throw thrown
    call.tried.clear()
    if (last !== undefined) throw last
    return endpoints.choose(service, call.tried)
  }
}

function outcomeOf(reply: Reply, target: string): CallOutcome {
  switch (reply.kind) {
    case 'output':
      return { ok: true, output: reply.output }
    case 'declared':
      return { ok: false, code: reply.code, status: reply.status, data: reply.data }
    case 'problem':
      throw failureOf(reply.status, reply.problem, target)
    default:
      return reply satisfies never
  }
}

function failureOf(status: number, problem: Json | undefined, target: string): CallFailure {
  const facts = isRecord(problem) ? problem : {}
  const code = codeOf(status, facts['code'])
  const detail = typeof facts['detail'] === 'string' ? facts['detail'].slice(0, 500) : `status ${status}`
  return new CallFailure(code, `${target}: ${detail}`, {
    target,
    status,
    problems: problemsOf(facts['errors']),
    notBegun: facts['code'] === 'DRAINING',
  })
}

/** The status decides; the problem's own code only tells apart what shares a status. */
function codeOf(status: number, code: Json | undefined): CallFailureCode {
  if (status === 503) return 'UNAVAILABLE'
  if (status === 504 || status === 408) return 'DEADLINE_EXCEEDED'
  if (status >= 500) return code === 'INVALID_OUTPUT' ? 'INVALID_OUTPUT' : 'INTERNAL'
  return code === 'INVALID_INPUT' ? 'INVALID_INPUT' : 'REFUSED'
}

function problemsOf(errors: Json | undefined): Problem[] {
  if (!Array.isArray(errors)) return []
  return errors
    .slice(0, 50)
    .filter(isRecord)
    .map(({ field, message }) => ({ message: textOf(message), place: { field: textOf(field) } }))
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value.slice(0, 500) : ''
}

function isUnavailable(thrown: unknown): thrown is CallFailure {
  return thrown instanceof CallFailure && thrown.code === 'UNAVAILABLE'
}
