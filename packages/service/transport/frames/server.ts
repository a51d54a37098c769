import type { TLSSocket } from 'node:tls'
import { messageOf, parseJson } from '@plimsoll/base'
import { internal, problemJson, type Answer, type ProblemAnswer } from '../../answer.ts'
import type { Peer } from '../exchange.ts'
import type { IncomingBody, IncomingCall, ListenOptions, OnCall, OutgoingBody } from '../transport.ts'
import { CallTable } from './call-table.ts'
import { Decoder } from './decoder.ts'
import {
  firstSkippableType,
  frame,
  frameTypes,
  helloBytes,
  helloFrame,
  ProtocolError,
  readCall,
  readHello,
  replyKinds,
  type CallHead,
  type Frame,
  type ReplyToWrite,
} from './frame.ts'
import { Outbox } from './outbox.ts'
import { ServerBodies } from './server-bodies.ts'

/** What a `call` frame holds beside its input. */
const callOverhead = 16_384
/** Bytes of answers that may wait for a caller who does not read; beyond, it is cut off. */
const mostWaiting = 32 * 1_024 * 1_024
const operationName = /^[A-Za-z_$][\w$]{0,127}$/

/** What all connections of a listener share. */
export interface Shared {
  readonly options: ListenOptions
  readonly state: { readonly draining: boolean; running: number }
  readonly onCall: OnCall
}

/** Serves calls on one connection whose peer is known. */
export class ServerConnection {
  readonly #socket: TLSSocket
  readonly #peer: Peer
  readonly #shared: Shared
  readonly #outbox: Outbox
  readonly #bodies: ServerBodies
  readonly #running = new CallTable<ServedFrame>()
  #greeted = false
  #lastBegun = 0
  #leaving = false

  constructor(socket: TLSSocket, peer: Peer, shared: Shared) {
    this.#socket = socket
    this.#peer = peer
    this.#shared = shared
    this.#outbox = new Outbox(socket)
    this.#bodies = new ServerBodies(this.#outbox)
    const { limits } = shared.options
    const decoder = new Decoder(helloBytes, (received) => this.#receive(received, decoder))
    socket.setNoDelay(true)
    // Whoever connects and says nothing is sent away.
    socket.setTimeout(limits.requestTimeoutMs, () => {
      if (!this.#greeted) socket.destroy()
    })
    socket.on('data', (chunk: Buffer) => this.#read(decoder, chunk))
    socket.on('drain', () => this.#bodies.drained())
    socket.on('error', () => undefined) // 'close' follows
    socket.once('close', () => this.#gone())
    this.#outbox.write(
      helloFrame({ maxPayload: limits.maxInputBytes + callOverhead, maxCalls: limits.maxRunning }),
    )
  }

  /** Takes no more calls, says so, and ends when those that run have their answers. */
  leave(): void {
    if (this.#leaving) return
    this.#leaving = true
    this.#outbox.write(frame(frameTypes.goodbye, this.#lastBegun))
    this.#closeWhenIdle()
  }

  #read(decoder: Decoder, chunk: Buffer): void {
    try {
      decoder.read(chunk)
    } catch (thrown) {
      this.#shared.options.logger.write('warn', 'connection-refused', {
        caller: this.#peer.identity.id,
        reason: thrown instanceof ProtocolError ? thrown.message : messageOf(thrown),
      })
      this.#socket.destroy()
    }
  }

  #receive(received: Frame, decoder: Decoder): void {
    if (!this.#greeted) {
      if (received.type !== frameTypes.hello) throw new ProtocolError('the first frame is no hello')
      this.#bodies.maxPayload = readHello(received.payload).maxPayload
      this.#greeted = true
      decoder.maxPayload = this.#shared.options.limits.maxInputBytes + callOverhead
      return
    }
    if (this.#bodies.receive(received, this.#isTaken)) return
    switch (received.type) {
      case frameTypes.call:
        return this.#call(received)
      case frameTypes.cancel:
        return this.#running.get(received.call)?.gone()
      case frameTypes.ping:
        return this.#outbox.write(frame(frameTypes.pong, 0, received.payload.subarray(0, 8)))
      case frameTypes.pong:
        return undefined
      default:
        if (received.type < firstSkippableType) throw new ProtocolError(`a frame of type ${received.type}`)
        return undefined
    }
  }

  readonly #isTaken = (id: number): boolean => this.#running.has(id)

  #call({ call: id, payload }: Frame): void {
    const { options, state, onCall } = this.#shared
    const body = this.#bodies.take()
    if (id === 0 || this.#running.has(id)) throw new ProtocolError('a call has the number of another one')
    const { head, inputAt } = readCall(payload)
    const refusal = this.#objectionTo(head.operation)
    if (refusal !== undefined) {
      if (body !== undefined) this.#bodies.forget(id)
      return this.#refuse(id, refusal)
    }
    if (id > this.#lastBegun) this.#lastBegun = id
    const served = new ServedFrame(id, this.#peer, { head, input: payload.subarray(inputAt), body }, options)
    const answer = onCall(served)
    if (!(answer instanceof Promise)) {
      if (body !== undefined) this.#bodies.forget(id)
      if (this.#running.size === 0) this.#outbox.hurry()
      return this.#reply(id, answer)
    }
    this.#running.add(served)
    state.running += 1
    answer.then(
      (later) => this.#answer(id, later),
      (thrown: unknown) => {
        options.logger.write('error', 'call-failed', { reason: messageOf(thrown), operation: head.operation })
        this.#answer(id, internal(''))
      },
    )
  }

  #objectionTo(operation: string): ProblemAnswer | undefined {
    const { options, state } = this.#shared
    if (this.#peer.notAfter <= Date.now()) return expired
    if (this.#leaving || state.draining) return draining
    if (state.running >= options.limits.maxRunning) return tooMany
    return operationName.test(operation) ? undefined : unknownOperation
  }

  #refuse(id: number, answer: ProblemAnswer): void {
    this.#shared.options.logger.write('warn', 'request-refused', {
      caller: this.#peer.identity.id,
      status: answer.status,
      reason: answer.detail,
    })
    this.#reply(id, answer)
    if (answer === expired) this.leave()
  }

  #answer(id: number, answer: Answer): void {
    if (answer.kind === 'body') return this.#answerBody(id, answer.body)
    this.#shared.state.running -= 1
    if (this.#running.get(id)?.hasBody === true) this.#bodies.forget(id)
    const served = this.#running.delete(id)
    if (this.#running.size === 0) this.#outbox.hurry()
    if (served?.isGone !== true) this.#reply(id, answer)
    this.#closeWhenIdle()
  }

  /** The call runs on until the last of its answer is on its way. */
  #answerBody(id: number, body: OutgoingBody): void {
    const served = this.#running.get(id)
    const done = () => {
      this.#shared.state.running -= 1
      this.#running.delete(id)
      this.#bodies.forget(id)
      this.#closeWhenIdle()
    }
    if (served !== undefined && !served.isGone && !this.#socket.destroyed)
      return void this.#bodies.send(id, served, body).finally(done)
    void body.pieces[Symbol.asyncIterator]().return?.()
    done()
  }

  #reply(id: number, answer: Answer): void {
    if (this.#socket.destroyed) return
    this.#outbox.writeReply(replyOf(id, answer))
    if (this.#outbox.waiting > mostWaiting) this.#socket.destroy()
  }

  #closeWhenIdle(): void {
    if (!this.#leaving || this.#running.size > 0) return
    this.#outbox.flush()
    this.#socket.end()
  }

  #gone(): void {
    for (const served of this.#running.list()) served.gone()
    this.#bodies.close()
  }
}

function replyOf(call: number, answer: Answer): ReplyToWrite {
  switch (answer.kind) {
    case 'output':
      return { call, kind: replyKinds.output, status: 200, body: answer.json }
    case 'declared':
      return { call, kind: replyKinds.declared, status: answer.status, body: answer.json }
    case 'problem':
      return { call, kind: replyKinds.problem, status: answer.status, body: problemJson(answer) }
    case 'body':
      return replyOf(call, internal(''))
    default:
      return answer satisfies never
  }
}

/** What came of a call. */
interface ReadCall {
  readonly head: CallHead
  readonly input: Buffer
  readonly body: IncomingBody | undefined
}

/** A call that came in a frame. */
class ServedFrame implements IncomingCall {
  readonly id: number
  readonly operation: string
  readonly peer: Peer['identity']
  readonly metadata: IncomingCall['metadata']
  readonly #input: Buffer
  readonly #body: IncomingBody | undefined
  readonly #limits: ListenOptions['limits']
  #onGone: (() => void) | undefined
  #isGone = false

  constructor(id: number, peer: Peer, { head, input, body }: ReadCall, { limits }: ListenOptions) {
    this.id = id
    const { operation, deadlineMs, traceparent, tracestate, subject } = head
    this.operation = operation
    this.peer = peer.identity
    this.metadata = {
      deadline: deadlineMs === 0 ? undefined : deadlineMs,
      traceparent: traceparent === '' ? undefined : traceparent,
      tracestate,
      subject: subject === '' ? undefined : subject,
    }
    this.#input = input
    this.#body = body
    this.#limits = limits
  }

  get isGone(): boolean {
    return this.#isGone
  }

  readInput() {
    return parseJson(this.#input, {
      maxBytes: this.#limits.maxInputBytes,
      maxDepth: this.#limits.maxInputDepth,
    })
  }

  get hasBody(): boolean {
    return this.#body !== undefined
  }

  openBody(): IncomingBody | undefined {
    return this.#body
  }

  onGone(listener: () => void): void {
    this.#onGone = listener
    if (this.#isGone) listener()
  }

  /** The caller waits no longer. */
  gone(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#onGone?.()
  }
}

const problem = (status: number, code: ProblemAnswer['code'], detail: string): ProblemAnswer => ({
  kind: 'problem',
  status,
  code,
  detail,
})
const expired = problem(401, 'REFUSED', 'the certificate of this connection is not valid any more')
const draining = problem(503, 'DRAINING', 'this replica is about to end')
const tooMany = problem(503, 'OVERLOADED', 'too many calls at once')
const unknownOperation = problem(404, 'REFUSED', 'this is no name of an operation')
