import { connect, type TLSSocket } from 'node:tls'
import { messageOf, parseJson, type Json } from '@plimsoll/base'
import { clientTls } from '@plimsoll/identity'
import { CallFailure } from '../../errors.ts'
import { parseAddress } from '../http-message.ts'
import type { Connection, ConnectOptions, OutgoingCall, Reply } from '../transport.ts'
import { Decoder } from './decoder.ts'
import {
  callFrame,
  frame,
  frameTypes,
  firstSkippableType,
  helloBytes,
  helloFrame,
  protocol,
  ProtocolError,
  readHello,
  readReply,
  replyKinds,
  type Frame,
  type Hello,
} from './frame.ts'
import { Outbox } from './outbox.ts'
import {
  broken,
  cancellation,
  PendingCall,
  refusedCertificate,
  unreachable,
  type Waited,
} from './pending-call.ts'

const connectTimeoutMs = 2_000
/** Bytes that may wait for a slow reader before new calls are turned away. */
const mostWaiting = 8 * 1_024 * 1_024
const highestCall = 0xffff_ffff
/** The whole frame of a reply: its head, and problem details beside an output. */
const replyOverhead = 16_384

/** Calls one endpoint over frames: one TLS connection for all calls, opened with the first of them and again after it broke. */
export function connectFrames(options: ConnectOptions): Connection {
  let current: ClientConnection | undefined
  let retired = false
  const open = () => {
    if (current?.usable === true) return current
    current = new ClientConnection(options)
    return current
  }
  return {
    call(call) {
      if (retired) return Promise.reject(unreachable(call.target, options, 'the connection is given up'))
      return open().call(call)
    },
    retire() {
      retired = true
      current?.retire()
    },
    close() {
      retired = true
      current?.destroy()
    },
  }
}

/** One connection, from its handshake to its end. */
class ClientConnection implements Waited {
  readonly #options: ConnectOptions
  readonly #pending = new Map<number, PendingCall>()
  readonly #socket: TLSSocket
  readonly #outbox: Outbox
  readonly #connectTimer: NodeJS.Timeout
  /** Undefined until the handshake is done and the other end has said hello. */
  #peer: Hello | undefined
  #lastCall = 0
  #leaving = false
  #secured = false
  #cause: unknown

  constructor(options: ConnectOptions) {
    const address = parseAddress(options.address)
    if (address === undefined)
      throw new CallFailure('UNAVAILABLE', 'an endpoint has no valid address', { target: '', notBegun: true })
    this.#options = options
    this.#socket = connect({
      ...clientTls(options.credentials, options.expected),
      ...address,
      ALPNProtocols: [protocol],
    })
    this.#outbox = new Outbox(this.#socket)
    this.#connectTimer = setTimeout(() => this.#fail('no connection in time'), connectTimeoutMs)
    this.#listen()
  }

  /** False where no new call may be begun on it. */
  get usable(): boolean {
    return !this.#leaving && !this.#socket.destroyed
  }

  call(call: OutgoingCall): Promise<Reply> {
    const objection = this.#objectionTo(call)
    if (objection !== undefined) return Promise.reject(objection)
    const id = this.#nextCall()
    const pending = new PendingCall(id, call, this)
    this.#pending.set(id, pending)
    if (this.#peer !== undefined) this.#send(id, pending, this.#peer)
    return pending.promise
  }

  /** Finishes what runs, begins nothing. */
  retire(): void {
    this.#leaving = true
    this.#closeWhenIdle()
  }

  destroy(): void {
    this.#leaving = true
    this.#socket.destroy()
  }

  #objectionTo(call: OutgoingCall): CallFailure | undefined {
    const { target, ending } = call
    if (ending?.reason !== undefined) return cancellation(call)
    const full = this.#peer !== undefined && this.#pending.size >= this.#peer.maxCalls
    return full || this.#outbox.waiting > mostWaiting
      ? new CallFailure('UNAVAILABLE', `too many calls of ${target} at once`, { target, notBegun: true })
      : undefined
  }

  #nextCall(): number {
    do this.#lastCall = this.#lastCall === highestCall ? 1 : this.#lastCall + 1
    while (this.#pending.has(this.#lastCall))
    return this.#lastCall
  }

  #send(id: number, pending: PendingCall, peer: Hello): void {
    const { operation, metadata, input } = pending.call
    const head = {
      operation,
      deadlineMs: pending.call.timeoutMs,
      traceparent: metadata.traceparent ?? '',
      subject: metadata.subject ?? '',
    }
    const bytes = callFrame(id, head, input)
    if (bytes.length > peer.maxPayload) {
      this.#pending.delete(id)
      return pending.fail(
        new CallFailure('INVALID_INPUT', `the input for ${pending.call.target} is larger than it takes`, {
          target: pending.call.target,
        }),
      )
    }
    pending.sent = true
    this.#outbox.write(bytes)
  }

  /** The caller waits no longer: the other end need not go on. */
  giveUp(id: number): void {
    if (this.#pending.get(id)?.sent === true && !this.#socket.destroyed)
      this.#outbox.write(frame(frameTypes.cancel, id))
    this.#pending.delete(id)
    this.#closeWhenIdle()
  }

  #closeWhenIdle(): void {
    if (!this.#leaving || this.#pending.size > 0) return
    this.#outbox.flush()
    this.#socket.end()
    // The other end may have nothing to say any more, and no reason to hurry.
    this.#socket.destroySoon()
  }

  #listen(): void {
    const decoder = new Decoder(helloBytes, (received) => this.#receive(received, decoder))
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk: Buffer) => this.#read(decoder, chunk))
    this.#socket.once('secureConnect', () => this.#greet())
    this.#socket.once('error', (thrown) => {
      this.#cause = thrown
    })
    this.#socket.once('close', () => this.#end())
  }

  #greet(): void {
    this.#secured = true
    if (this.#socket.alpnProtocol !== protocol) return this.#fail(`it does not speak ${protocol}`)
    const maxPayload = this.#options.maxOutputBytes + replyOverhead
    this.#outbox.write(helloFrame({ maxPayload, maxCalls: 0 }))
  }

  #read(decoder: Decoder, chunk: Buffer): void {
    try {
      decoder.read(chunk)
    } catch (thrown) {
      this.#fail(messageOf(thrown))
    }
  }

  #receive(received: Frame, decoder: Decoder): void {
    if (this.#peer === undefined) {
      if (received.type !== frameTypes.hello) throw new ProtocolError('the first frame is no hello')
      decoder.maxPayload = this.#options.maxOutputBytes + replyOverhead
      return this.#begin(readHello(received.payload))
    }
    switch (received.type) {
      case frameTypes.reply:
        return this.#settle(received)
      case frameTypes.ping:
        return this.#outbox.write(frame(frameTypes.pong, 0, received.payload.subarray(0, 8)))
      case frameTypes.pong:
        return undefined
      case frameTypes.goodbye:
        return this.#leave(received.call)
      default:
        if (received.type < firstSkippableType) throw new ProtocolError(`a frame of type ${received.type}`)
        return undefined
    }
  }

  #begin(peer: Hello): void {
    clearTimeout(this.#connectTimer)
    this.#peer = peer
    for (const [id, pending] of this.#pending) this.#send(id, pending, peer)
  }

  /** A reply to a call that was given up meanwhile is for nobody. */
  #settle({ call: id, payload }: Frame): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    const { kind, status, body } = readReply(payload)
    try {
      pending.succeed(replyOf({ kind, status, body }, this.#options.maxOutputBytes, pending.call.target))
    } catch (thrown) {
      if (thrown instanceof CallFailure) pending.fail(thrown)
      else throw thrown
    }
    this.#closeWhenIdle()
  }

  /** The other end is about to end: what it has not begun may go elsewhere at once. */
  #leave(lastBegun: number): void {
    this.#leaving = true
    for (const [id, pending] of this.#pending) {
      if (id <= lastBegun) continue
      this.#pending.delete(id)
      pending.fail(unreachable(pending.call.target, this.#options, 'this replica is about to end'))
    }
    this.#closeWhenIdle()
  }

  #fail(why: string): void {
    this.#cause ??= new ProtocolError(why)
    this.#socket.destroy()
  }

  #end(): void {
    clearTimeout(this.#connectTimer)
    for (const pending of this.#pending.values()) pending.fail(this.#failureOf(pending))
    this.#pending.clear()
  }

  #failureOf({ call: { target }, sent }: PendingCall): CallFailure {
    if (refusedCertificate(this.#cause))
      return new CallFailure('REFUSED', `${this.#options.expected} does not accept this certificate`, {
        target,
        cause: this.#cause,
      })
    if (!this.#secured || !sent)
      return unreachable(target, this.#options, messageOf(this.#cause ?? 'it hung up'), this.#cause)
    return broken(target, this.#options, this.#cause)
  }
}

/** @throws {CallFailure} `INVALID_OUTPUT` where it is no acceptable JSON */
function replyOf(reply: ReturnType<typeof readReply>, maxBytes: number, target: string): Reply {
  const { kind, status, body } = reply
  if (kind === replyKinds.problem) return { kind: 'problem', status, problem: problemOf(body) }
  if (body.length > maxBytes) throw invalid(target, `the answer is larger than ${maxBytes} bytes`)
  const value = readJson(body, maxBytes, target)
  if (kind === replyKinds.output) return { kind: 'output', output: value }
  if (kind !== replyKinds.declared || !isRecord(value) || typeof value['code'] !== 'string')
    throw invalid(target, 'a declared error has no code')
  return { kind: 'declared', status, code: value['code'], data: value['data'] }
}

function readJson(body: Buffer, maxBytes: number, target: string): Json {
  try {
    return parseJson(body, { maxBytes })
  } catch (cause) {
    throw invalid(target, 'the answer is no acceptable JSON', cause)
  }
}

/** A problem without readable details is still one. */
function problemOf(body: Buffer): Json | undefined {
  try {
    return parseJson(body, { maxBytes: replyOverhead })
  } catch {
    return undefined
  }
}

function invalid(target: string, message: string, cause?: unknown): CallFailure {
  return new CallFailure('INVALID_OUTPUT', message, { target, cause })
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
