import { randomFillSync } from 'node:crypto'

/** Where a call stands in its chain: W3C Trace Context, level 1, section 3.2. */
export interface Trace {
  /** 32 lower-case hexadecimal digits, the same along the whole chain. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits, this hop's own. */
  readonly spanId: string
  /** Span of the caller; absent where the chain begins here. */
  readonly parentId?: string | undefined
  readonly sampled: boolean
}

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const noTrace = '0'.repeat(32)
const noSpan = '0'.repeat(16)

/** This hop's place in the chain that the header tells of; a new chain where it is absent or not exactly valid. */
export function continueTrace(traceparent: string | undefined): Trace {
  const spanId = randomHex(8)
  const match = traceparent === undefined ? null : pattern.exec(traceparent)
  const [, traceId, parentId, flags] = match ?? []
  if (traceId === undefined || parentId === undefined || flags === undefined)
    return { traceId: randomHex(16), spanId, parentId: undefined, sampled: true }
  if (traceId === noTrace || parentId === noSpan)
    return { traceId: randomHex(16), spanId, parentId: undefined, sampled: true }
  return { traceId, spanId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The header for a callee. */
export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`
}

/** Random bytes for many ids at once: asking the system for each one costs more than all the rest of a call's trace. */
const pool = Buffer.alloc(8_192)
let used = pool.length

/** The specification forbids an id of zeros only; the chance of one is none. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const hex = pool.toString('hex', used, used + bytes)
  used += bytes
  return hex
}
