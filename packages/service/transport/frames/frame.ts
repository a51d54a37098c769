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

/** Writes the head of a frame that begins at `at`. */
function writeHead(
  target: Buffer,
  at: number,
  { length, type, call }: { readonly length: number; readonly type: number; readonly call: number },
): void {
  writeUint32(target, at, length)
  target[at + 4] = type
  target[at + 5] = 0
  writeUint32(target, at + 6, call)
}

// Buffer's own methods check their arguments each time; these are called a dozen times a call.
function writeUint32(target: Buffer, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}

/** A frame without a payload, or with a small one. */
export function frame(type: number, call: number, payload?: Uint8Array): Buffer {
  const length = payload?.length ?? 0
  const bytes = Buffer.allocUnsafe(headBytes + length)
  writeHead(bytes, 0, { length, type, call })
  if (payload !== undefined) bytes.set(payload, headBytes)
  return bytes
}

/** What travels with a call; the caller's identity does not: it is the connection's. */
export interface CallHead {
  readonly operation: string
  /** Milliseconds left; 0 where the caller names none. */
  readonly deadlineMs: number
  readonly traceparent: string
  readonly tracestate?: string | undefined
  readonly subject: string
}

/** No character of a text takes more bytes than this. */
const mostBytesOfCharacter = 3
/** All of a `call` frame but its texts. */
const callBytes = headBytes + 10

/** Longer texts are counted before they are written. */
const longText = 4_096

function mostBytesOfText(text: string): number {
  return text.length > longText ? Buffer.byteLength(text) : text.length * mostBytesOfCharacter
}

/**
 * Bytes that a `call` frame certainly fits in.
 * @throws {RangeError} where its head has a text longer than a frame can say
 */
export function mostBytesOfCall(
  { operation, traceparent, tracestate = '', subject }: CallHead,
  input: string,
): number {
  const trace = traceparent.length + tracestate.length
  if (operation.length > 0xff || trace >= 0xffff || subject.length > 0xffff)
    throw new RangeError('the head of a call is longer than a frame can say')
  return callBytes + operation.length + trace + subject.length + mostBytesOfText(input)
}

/** One frame to be written. */
export interface CallToWrite {
  readonly call: number
  readonly head: CallHead
  /** JSON text. */
  readonly input: string
}

/** Writes a `call` frame, operation, deadline, trace, subject, then the input as JSON text, and gives the position after it. */
export function writeCall(target: Buffer, begin: number, { call, head, input }: CallToWrite): number {
  const { operation, deadlineMs, traceparent, tracestate, subject } = head
  const trace = tracestate === undefined ? traceparent : `${traceparent} ${tracestate}`
  let at = begin + headBytes
  target[at] = operation.length
  at = writeAscii(target, at + 1, operation)
  writeUint32(target, at, deadlineMs)
  target[at + 4] = trace.length >>> 8
  target[at + 5] = trace.length
  at = writeAscii(target, at + 6, trace)
  target[at] = subject.length >>> 8
  target[at + 1] = subject.length
  at = writeAscii(target, at + 2, subject)
  at += target.write(input, at)
  writeHead(target, begin, { length: at - begin - headBytes, type: frameTypes.call, call })
  return at
}

/** Short texts are written faster one by one than by a call out of JavaScript. */
const shortText = 24

function writeAscii(target: Buffer, at: number, text: string): number {
  if (text.length > shortText) return at + target.write(text, at, 'latin1')
  for (let index = 0; index < text.length; index += 1) target[at + index] = text.charCodeAt(index)
  return at + text.length
}

/** A `call` frame of its own. */
export function callFrame(call: number, head: CallHead, input: string): Buffer {
  const bytes = Buffer.allocUnsafe(mostBytesOfCall(head, input))
  return bytes.subarray(0, writeCall(bytes, 0, { call, head, input }))
}

/**
 * The head of a `call` frame, and where its input begins.
 * @throws {ProtocolError} where a length leads out of the payload
 */
export function readCall(payload: Buffer): { readonly head: CallHead; readonly inputAt: number } {
  const operationAt = 1
  const operationEnd = operationAt + byteAt(payload, 0)
  const traceAt = operationEnd + 6
  const traceEnd = traceAt + (byteAt(payload, operationEnd + 4) << 8) + byteAt(payload, operationEnd + 5)
  const subjectAt = traceEnd + 2
  const subjectEnd = subjectAt + (byteAt(payload, traceEnd) << 8) + byteAt(payload, traceEnd + 1)
  if (subjectEnd > payload.length) throw new ProtocolError('a call is shorter than it says')
  const trace = payload.toString('latin1', traceAt, traceEnd)
  const blank = trace.length === traceparentLength ? -1 : trace.indexOf(' ')
  return {
    head: {
      operation: payload.toString('latin1', operationAt, operationEnd),
      deadlineMs: payload.readUInt32BE(operationEnd),
      traceparent: blank === -1 ? trace : trace.slice(0, blank),
      tracestate: blank === -1 ? undefined : trace.slice(blank + 1),
      subject: subjectAt === subjectEnd ? '' : payload.toString('latin1', subjectAt, subjectEnd),
    },
    inputAt: subjectEnd,
  }
}

/** Of version 00; with a `tracestate`, which follows after a blank, it is longer. */
const traceparentLength = 55

function byteAt(payload: Buffer, at: number): number {
  const byte = payload[at]
  if (byte === undefined) throw new ProtocolError('a call is shorter than it says')
  return byte
}

/** One frame to be written. */
export interface ReplyToWrite {
  readonly call: number
  /** One of `replyKinds`. */
  readonly kind: number
  readonly status: number
  /** JSON text. */
  readonly body: string
}

/** Bytes that a `reply` frame certainly fits in. */
export function mostBytesOfReply(body: string): number {
  return headBytes + 3 + mostBytesOfText(body)
}

/** Writes a `reply` frame, kind, status, then the body as JSON text, and gives the position after it. */
export function writeReply(
  target: Buffer,
  begin: number,
  { call, kind, status, body }: ReplyToWrite,
): number {
  const at = begin + headBytes
  target[at] = kind
  target[at + 1] = status >>> 8
  target[at + 2] = status
  const end = at + 3 + target.write(body, at + 3)
  writeHead(target, begin, { length: end - begin - headBytes, type: frameTypes.reply, call })
  return end
}

/** A `reply` frame of its own. */
export function replyFrame(call: number, kind: number, status: number, body: string): Buffer {
  const bytes = Buffer.allocUnsafe(mostBytesOfReply(body))
  return bytes.subarray(0, writeReply(bytes, 0, { call, kind, status, body }))
}

/** @throws {ProtocolError} where the reply is too short to be one */
export function readReply(payload: Buffer): {
  readonly kind: number
  readonly status: number
  readonly body: Buffer
} {
  if (payload.length < 3) throw new ProtocolError('a reply is shorter than its head')
  return {
    kind: payload[0] ?? 0,
    status: ((payload[1] ?? 0) << 8) | (payload[2] ?? 0),
    body: payload.subarray(3),
  }
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
