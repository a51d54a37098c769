import { connect, type TLSSocket } from 'node:tls'
import { messageOf } from '@plimsoll/base'
import { clientTls, explainHandshake } from '@plimsoll/identity'
import { CallFailure } from '../../errors.ts'
import { parseAddress } from '../address.ts'
import type { Connection, ConnectOptions, OutgoingCall, Reply } from '../transport.ts'
import { CallTable } from './call-table.ts'
import { bodyReply } from './bodies.ts'
import { ClientBodies } from './client-bodies.ts'
import { Decoder } from './decoder.ts'
import {
  frame,
  frameTypes,
  firstSkippableType,
  helloBytes,
  helloFrame,
  protocol,
  ProtocolError,
  readHello,
  readReply,
  type Frame,
  type Hello,
} from './frame.ts'
import { Outbox } from './outbox.ts'
import { replyOf } from './reply.ts'
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
    ping: () => (retired ? Promise.reject(new ProtocolError('the connection is given up')) : open().ping()),
    reset() {
      current?.destroy()
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
  readonly #pending = new CallTable<PendingCall>()
  readonly #pings: PromiseWithResolvers<void>[] = []
  readonly #socket: TLSSocket
  readonly #outbox: Outbox
  readonly #bodies: ClientBodies
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
    this.#bodies = new ClientBodies({
      out: this.#outbox,
      maxPayload: () => this.#peer?.maxPayload ?? 0,
      onDone: () => this.#closeWhenIdle(),
    })
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
    this.#pending.add(pending)
    if (this.#peer !== undefined) this.#send(pending, this.#peer)
    return pending.promise
  }

  /** Resolves when the other end has given a sign of life; rejects where the connection ends before. */
  ping(): Promise<void> {
    const ping = Promise.withResolvers<void>()
    this.#pings.push(ping)
    if (this.#peer !== undefined) this.#outbox.write(frame(frameTypes.ping, 0, Buffer.alloc(8)))
    return ping.promise
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
    const full = this.#peer !== undefined && this.#pending.size + this.#bodies.size >= this.#peer.maxCalls
    return full || this.#outbox.waiting > mostWaiting
      ? new CallFailure('UNAVAILABLE', `too many calls of ${target} at once`, {
          target,
          notBegun: true,
          overloaded: true,
        })
      : undefined
  }

  #nextCall(): number {
    do this.#lastCall = this.#lastCall === highestCall ? 1 : this.#lastCall + 1
    while (this.#pending.has(this.#lastCall) || this.#bodies.has(this.#lastCall))
    return this.#lastCall
  }

  #send(pending: PendingCall, peer: Hello, deadlineMs = pending.call.timeoutMs): void {
    const { id } = pending
    const { operation, metadata, input, body, wholeMs } = pending.call
    const head = {
      operation,
      deadlineMs: wholeMs ?? deadlineMs,
      traceparent: metadata.traceparent ?? '',
      tracestate: metadata.tracestate,
      subject: metadata.subject ?? '',
    }
    if (this.#pending.size <= 1) this.#outbox.hurry()
    if (body !== undefined) this.#bodies.announce(id, body)
    pending.sent = this.#outbox.writeCall({ call: id, head, input }, peer.maxPayload)
    if (pending.sent && body !== undefined)
      this.#bodies.send(id, body, (thrown) => this.#abandon(pending, thrown))
    if (!pending.sent) {
      if (body !== undefined) this.#bodies.withdraw(id)
      this.#pending.delete(id)
      return pending.fail(
        new CallFailure('INVALID_INPUT', `the input for ${pending.call.target} is larger than it takes`, {
          target: pending.call.target,
        }),
      )
    }
  }

  /** The input of the call cannot be sent whole. */
  #abandon(pending: PendingCall, thrown: unknown): void {
    if (!this.#pending.has(pending.id)) return
    this.giveUp(pending.id)
    pending.fail(thrown as CallFailure)
  }

  /** The caller waits no longer: the other end need not go on. */
  giveUp(id: number): void {
    if (this.#pending.get(id)?.sent === true && !this.#socket.destroyed)
      this.#outbox.write(frame(frameTypes.cancel, id))
    this.#pending.delete(id)
    this.#bodies.stopSending(id)
    this.#closeWhenIdle()
  }

  #closeWhenIdle(): void {
    if (!this.#leaving || this.#pending.size > 0 || this.#bodies.size > 0) return
    this.#outbox.flush()
    this.#socket.end()
    // The other end may have nothing to say any more, and no reason to hurry.
    this.#socket.destroySoon()
  }

  #listen(): void {
    const decoder = new Decoder(helloBytes, (received) => this.#receive(received, decoder))
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk: Buffer) => this.#read(decoder, chunk))
    this.#socket.on('drain', () => this.#bodies.drained())
    this.#socket.once('secureConnect', () => this.#greet())
    this.#socket.once('error', (thrown) => {
      this.#cause = explainHandshake(thrown)
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
        return this.#alive()
      case frameTypes.goodbye:
        return this.#leave(received.call)
      default:
        if (this.#bodies.receive(received)) return undefined
        if (received.type < firstSkippableType) throw new ProtocolError(`a frame of type ${received.type}`)
        return undefined
    }
  }

  #begin(peer: Hello): void {
    clearTimeout(this.#connectTimer)
    this.#peer = peer
    const now = performance.now()
    for (const pending of this.#pending.list()) {
      this.#send(pending, peer, Math.max(1, Math.floor(pending.endsAt - now)))
    }
    this.#alive()
  }

  #alive(): void {
    for (const { resolve } of this.#pings.splice(0)) resolve()
  }

  /** A reply to a call that was given up meanwhile is for nobody. */
  #settle({ call: id, payload }: Frame): void {
    const pending = this.#pending.delete(id)
    if (pending === undefined) return
    const { kind, status, body } = readReply(payload)
    if (kind === bodyReply)
      return pending.succeed({ kind: 'body', body: this.#bodies.open(id, pending.call, body) })
    this.#bodies.stopSending(id)
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
    for (const pending of this.#pending.list()) {
      if (pending.id <= lastBegun) continue
      this.#pending.delete(pending.id)
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
    for (const pending of this.#pending.list()) pending.fail(this.#failureOf(pending))
    this.#pending.clear()
    this.#bodies.close((target) => broken(target, this.#options, this.#cause))
    for (const { reject } of this.#pings.splice(0))
      reject(unreachable('', this.#options, messageOf(this.#cause ?? 'it hung up'), this.#cause))
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
