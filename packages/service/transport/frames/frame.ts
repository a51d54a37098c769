/**
 * Frames of `plimsoll/1`; docs/reference/wire.md specifies them. Every frame is a head of ten bytes (payload length, type, flags, call)
 * and a payload. Numbers are unsigned and big-endian.
 */

/** Name of the protocol in ALPN (RFC 7301). */
export const protocol = 'plimsoll/1'

export const headBytes = 10

export const frameTypes = {
  hello: 0x01,
  call: 0x02,
  reply: 0x03,
  cancel: 0x04,
  ping: 0x05,
  pong: 0x06,
  goodbye: 0x07,
} as const

/** Types from here on may be skipped by whoever does not know them; every other unknown type ends the connection. */
export const firstSkippableType = 0x80

/** What a reply is. */
export const replyKinds = { output: 0, declared: 1, problem: 2 } as const

/** Largest payload before the other end has said what it takes. */
export const helloBytes = 1_024

/** One frame as it was read; the payload is a view of what came in. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly call: number
  readonly payload: Buffer
}

/** The other end broke the protocol; the connection cannot go on. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/** Writes the head of a frame into a buffer and gives the position after it. */
function writeHead(
  target: Buffer,
  { length, type, call }: { readonly length: number; readonly type: number; readonly call: number },
): number {
  target.writeUInt32BE(length, 0)
  target.writeUInt16BE(type << 8, 4)
  target.writeUInt32BE(call, 6)
  return headBytes
}

/** A frame without a payload, or with a small one. */
export function frame(type: number, call: number, payload?: Uint8Array): Buffer {
  const length = payload?.length ?? 0
  const bytes = Buffer.allocUnsafe(headBytes + length)
  writeHead(bytes, { length, type, call })
  if (payload !== undefined) bytes.set(payload, headBytes)
  return bytes
}

/** What travels with a call; the caller's identity does not: it is the connection's. */
export interface CallHead {
  readonly operation: string
  /** Milliseconds left; 0 where the caller names none. */
  readonly deadlineMs: number
  readonly traceparent: string
  readonly subject: string
}

/** `call` frame: operation, deadline, trace, subject, then the input as JSON text. */
export function callFrame(call: number, head: CallHead, input: string): Buffer {
  const { operation, deadlineMs, traceparent, subject } = head
  const inputBytes = Buffer.byteLength(input)
  const length = 1 + operation.length + 4 + 1 + traceparent.length + 2 + subject.length + inputBytes
  const bytes = Buffer.allocUnsafe(headBytes + length)
  let at = writeHead(bytes, { length, type: frameTypes.call, call })
  at = bytes.writeUInt8(operation.length, at)
  at += bytes.write(operation, at, 'latin1')
  at = bytes.writeUInt32BE(deadlineMs, at)
  at = bytes.writeUInt8(traceparent.length, at)
  at += bytes.write(traceparent, at, 'latin1')
  at = bytes.writeUInt16BE(subject.length, at)
  at += bytes.write(subject, at, 'latin1')
  bytes.write(input, at, 'utf8')
  return bytes
}

/**
 * The head of a `call` frame, and where its input begins.
 * @throws {ProtocolError} where a length leads out of the payload
 */
export function readCall(payload: Buffer): { readonly head: CallHead; readonly inputAt: number } {
  const operationAt = 1
  const operationEnd = operationAt + byteAt(payload, 0)
  const traceAt = operationEnd + 5
  const traceEnd = traceAt + byteAt(payload, operationEnd + 4)
  const subjectAt = traceEnd + 2
  const subjectEnd = subjectAt + (byteAt(payload, traceEnd) << 8) + byteAt(payload, traceEnd + 1)
  if (subjectEnd > payload.length) throw new ProtocolError('a call is shorter than it says')
  return {
    head: {
      operation: payload.toString('latin1', operationAt, operationEnd),
      deadlineMs: payload.readUInt32BE(operationEnd),
      traceparent: payload.toString('latin1', traceAt, traceEnd),
      subject: payload.toString('latin1', subjectAt, subjectEnd),
    },
    inputAt: subjectEnd,
  }
}

function byteAt(payload: Buffer, at: number): number {
  const byte = payload[at]
  if (byte === undefined) throw new ProtocolError('a call is shorter than it says')
  return byte
}

/** `reply` frame: kind, status, then the body as JSON text. */
export function replyFrame(call: number, kind: number, status: number, body: string): Buffer {
  const length = 3 + Buffer.byteLength(body)
  const bytes = Buffer.allocUnsafe(headBytes + length)
  const at = writeHead(bytes, { length, type: frameTypes.reply, call })
  bytes.writeUInt8(kind, at)
  bytes.writeUInt16BE(status, at + 1)
  bytes.write(body, at + 3, 'utf8')
  return bytes
}

/** @throws {ProtocolError} where the reply is too short to be one */
export function readReply(payload: Buffer): {
  readonly kind: number
  readonly status: number
  readonly body: Buffer
} {
  if (payload.length < 3) throw new ProtocolError('a reply is shorter than its head')
  return { kind: payload.readUInt8(0), status: payload.readUInt16BE(1), body: payload.subarray(3) }
}

/** What one end takes. */
export interface Hello {
  /** Largest payload of a frame, in bytes. */
  readonly maxPayload: number
  /** Calls that it serves at the same time on this connection. */
  readonly maxCalls: number
}

/** `hello` frame, the first one of each end: version, largest payload, calls at a time. */
export function helloFrame({ maxPayload, maxCalls }: Hello): Buffer {
  const payload = Buffer.allocUnsafe(9)
  payload.writeUInt8(1, 0)
  payload.writeUInt32BE(maxPayload, 1)
  payload.writeUInt32BE(maxCalls, 5)
  return frame(frameTypes.hello, 0, payload)
}

/**
 * A later version may append to the payload; what stands here keeps its place.
 * @throws {ProtocolError} where it is another version, or too short
 */
export function readHello(payload: Buffer): Hello {
  if (payload.length < 9 || payload[0] !== 1)
    throw new ProtocolError('the first frame is no hello of version 1')
  return { maxPayload: payload.readUInt32BE(1), maxCalls: payload.readUInt32BE(5) }
}
