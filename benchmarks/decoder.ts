// Why: whoever holds a valid certificate can send any bytes. A million mutated and random inputs must not crash a replica, make it hold more than
// was agreed, or make it answer anything to a call that was not asked.
import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { parseSpiffeId } from '@plimsoll/identity'
import { createLogger } from '@plimsoll/service'
import { ServerConnection, type Shared } from '../packages/service/transport/frames/server.ts'
import {
  callFrame,
  firstSkippableType,
  frame,
  frameTypes,
  headBytes,
  helloBytes,
  helloFrame,
} from '../packages/service/transport/frames/frame.ts'

const inputs = Number(process.env['PLIMSOLL_BENCH_INPUTS'] ?? 1_000_000)
const seed = Number(process.env['PLIMSOLL_BENCH_SEED'] ?? 42)
const maxInputBytes = 2_048
/** What a `call` frame may hold beside its input; as the server has it. */
const callOverhead = 16_384
const inputsOfTurn = 500

/** Prints what was tried and what came of it; the last line is one JSON object. Throws on the first input that is dealt with wrongly. */
export async function run(): Promise<void> {
  const random = randomNumbers(seed)
  const tally = { inputs: 0, bytes: 0, calls: 0, answers: 0, endedByBreach: 0 }
  const begun = performance.now()
  let mostHeap = 0
  for (let at = 0; at < inputs; at += 1) {
    const bytes = anyInput(random)
    const wanted = readIndependently(bytes)
    const { answers, ended } = serveBytes(bytes, random)
    compare({ at, bytes, answers, ended, ...wanted })
    tally.inputs += 1
    tally.bytes += bytes.length
    tally.calls += wanted.expected.length
    tally.answers += answers.length
    if (ended) tally.endedByBreach += 1
    if (at % inputsOfTurn !== 0) continue
    await new Promise((resolve) => setImmediate(resolve))
    mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed)
  }
  const seconds = (performance.now() - begun) / 1_000
  console.log(
    `${tally.inputs} inputs, seed ${seed}, ${seconds.toFixed(0)} s; no crash, no answer to anybody who had not asked for it`,
  )
  console.log(JSON.stringify({ ...tally, seed, mostHeapMiB: Math.round(mostHeap / 1_048_576) }))
}

type Random = (below: number) => number

/** Xorshift (Marsaglia 2003): the same inputs for the same seed. */
function randomNumbers(from: number): Random {
  let state = from | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const hello = helloFrame({ maxPayload: 65_536, maxCalls: 0 })
const head = {
  operation: 'quote',
  deadlineMs: 250,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  subject: 'c'.repeat(40),
}

function anyInput(random: Random): Buffer {
  switch (random(8)) {
    case 0:
      return randomBytes(random, random(300))
    case 1:
      return Buffer.concat([hello, randomBytes(random, random(300))])
    case 2:
    case 3:
      return Buffer.concat([hello, ...Array.from({ length: 1 + random(6) }, () => anyFrame(random))])
    default:
      return mutated(validStream(random), random)
  }
}

function validStream(random: Random): Buffer {
  const calls = Array.from({ length: 1 + random(5) }, (_, at) =>
    callFrame(at + 1 + random(2) * 1_000, head, JSON.stringify({ number: random(1_000_000) })),
  )
  const others = [
    frame(frameTypes.ping, 0, Buffer.alloc(8)),
    frame(frameTypes.cancel, 1),
    frame(0x90, 0, Buffer.from('later')),
  ]
  return Buffer.concat([hello, ...calls, others[random(others.length)] ?? hello])
}

function mutated(valid: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(valid)
  for (let change = random(5); change > 0; change -= 1) {
    const at = random(bytes.length)
    if (random(3) === 0) bytes.copyWithin(at, random(bytes.length))
    else bytes[at] = random(4) === 0 ? ([0, 1, 0x7f, 0xff][random(4)] ?? 0) : random(256)
  }
  return bytes.subarray(0, random(4) === 0 ? random(bytes.length + 1) : bytes.length)
}

/** Well cut, with anything inside. */
function anyFrame(random: Random): Buffer {
  const types = [1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0x40, 0x90, 0xff]
  return frame(types[random(types.length)] ?? 0, random(4), randomBytes(random, random(60)))
}

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)))
}

interface Answered {
  readonly call: number
  readonly text: string
}

const firstBodyType = 0x08
const lastBodyType = 0x0b

interface Wanted {
  readonly expected: readonly Answered[]
  readonly breach: boolean
  /** Frames of streams and files came, which have rules of their own: whether they were kept is not looked at here, only who is answered what. */
  readonly bodies: boolean
}

/** The same bytes read by the words of docs/reference/wire.md, without any of the code that is tried. */
function readIndependently(bytes: Buffer): Wanted {
  let bodies = false
  const expected: Answered[] = []
  let most = helloBytes
  let at = 0
  while (bytes.length - at >= headBytes) {
    const length = bytes.readUInt32BE(at)
    if (length > most) return { expected, breach: true, bodies }
    if (at + headBytes + length > bytes.length) break
    const payload = bytes.subarray(at + headBytes, at + headBytes + length)
    const type = bytes[at + 4] ?? 0
    const call = bytes.readUInt32BE(at + 6)
    if (at === 0) {
      if (type !== frameTypes.hello || length < 9 || payload[0] !== 1)
        return { expected, breach: true, bodies }
      most = maxInputBytes + callOverhead
    } else if (type >= firstBodyType && type <= lastBodyType) {
      bodies = true
    } else if (type === frameTypes.call) {
      const answer = call === 0 ? undefined : inputOf(payload)
      if (answer === undefined) return { expected, breach: true, bodies }
      if (answer !== null) expected.push({ call, text: answer })
    } else if (
      ![frameTypes.cancel, frameTypes.ping, frameTypes.pong].includes(type as 4) &&
      type < firstSkippableType
    ) {
      return { expected, breach: true, bodies }
    }
    at += headBytes + length
  }
  return { expected, breach: false, bodies }
}

/** Undefined where it breaks the protocol, null where its operation has no possible name. */
function inputOf(payload: Buffer): string | undefined | null {
  const operationEnd = 1 + (payload[0] ?? payload.length)
  const traceAt = operationEnd + 6
  if (traceAt > payload.length) return undefined
  const subjectLengthAt = traceAt + payload.readUInt16BE(operationEnd + 4)
  if (subjectLengthAt + 2 > payload.length) return undefined
  const inputAt = subjectLengthAt + 2 + payload.readUInt16BE(subjectLengthAt)
  if (inputAt > payload.length) return undefined
  const operation = payload.toString('latin1', 1, operationEnd)
  return /^[A-Za-z_$][A-Za-z0-9_$]{0,127}$/.test(operation)
    ? echoOf(operation, payload.subarray(inputAt))
    : null
}

/** What the handler below answers to an input that can be read. */
function echoOf(operation: string, input: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(input)
    return JSON.stringify([operation, JSON.parse(text) as unknown])
  } catch {
    return JSON.stringify(operation)
  }
}

interface Outcome extends Wanted {
  readonly at: number
  readonly bytes: Buffer
  readonly answers: readonly Answered[]
  readonly ended: boolean
}

/** In the order of the calls; where the protocol was broken, some may have gone before. An input may be refused for more than its syntax. */
function compare(outcome: Outcome): void {
  const { at, bytes, expected, answers, breach, bodies, ended } = outcome
  const isAsWanted = (answer: Answered, wanted: Answered | undefined) =>
    wanted?.call === answer.call && (wanted.text === answer.text || refusalOf(wanted.text) === answer.text)
  const right = bodies
    ? answers.every((answer) => expected.some((wanted) => isAsWanted(answer, wanted)))
    : answers.every((answer, index) => isAsWanted(answer, expected[index])) &&
      (breach || answers.length === expected.length) &&
      breach === ended
  if (right) return
  throw new Error(`input ${at} is dealt with wrongly: ${bytes.toString('hex')}`, { cause: outcome })
}

function refusalOf(echo: string): string {
  const told = JSON.parse(echo) as string | readonly [string]
  return JSON.stringify(typeof told === 'string' ? told : told[0])
}

/** A socket whose other end is this file. */
class Wire extends Duplex {
  readonly written: Buffer[] = []

  override _read(): void {
    // Everything is pushed.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk)
    done()
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }
}

const peer = {
  identity: parseSpiffeId('spiffe://bench.internal/service/orders'),
  notAfter: Number.POSITIVE_INFINITY,
}
const shared = {
  options: {
    limits: { maxInputBytes, maxInputDepth: 32, maxConnections: 1, maxRunning: 100, requestTimeoutMs: 1_000 },
    logger: createLogger({ service: 'pricing', instance: 'pricing/0', sink: () => undefined }),
  } as unknown as Shared['options'],
  state: { draining: false, running: 0 },
  onCall: (call) => {
    try {
      return { kind: 'output', json: JSON.stringify([call.operation, call.readInput()]) }
    } catch {
      return { kind: 'output', json: JSON.stringify(call.operation) }
    }
  },
} satisfies Shared

/** What a real connection answers to the bytes, however they are cut. */
function serveBytes(
  bytes: Buffer,
  random: Random,
): { readonly answers: readonly Answered[]; readonly ended: boolean } {
  const wire = new Wire()
  const connection = new ServerConnection(wire as unknown as TLSSocket, peer, shared)
  for (let at = 0; at < bytes.length && !wire.destroyed;) {
    const end = random(3) === 0 ? bytes.length : Math.min(bytes.length, at + 1 + random(200))
    wire.emit('data', bytes.subarray(at, end))
    at = end
  }
  const ended = wire.destroyed
  connection.leave()
  return { answers: repliesOf(Buffer.concat(wire.written)), ended }
}

function repliesOf(bytes: Buffer): Answered[] {
  const found: Answered[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const payload = bytes.subarray(at + headBytes, at + headBytes + length)
    if (bytes[at + 4] === frameTypes.reply && payload[0] === 0)
      found.push({ call: bytes.readUInt32BE(at + 6), text: payload.toString('utf8', 3) })
    at += headBytes + length
  }
  return found
}
