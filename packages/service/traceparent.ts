import { randomBytes } from 'node:crypto'

/** Where a call stands in its chain: W3C Trace Context, level 1, sections 3.2 and 3.3. */
export interface Trace {
  /** 32 lower-case hexadecimal digits, the same along the whole chain. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits, this hop's own. */
  readonly spanId: string
  /** Span of the caller; absent where the chain begins here. */
  readonly parentId?: string | undefined
  /** True where the spans of the chain are to be exported. */
  readonly sampled: boolean
  /** `tracestate`: what other tracing systems carry along; passed on as it came. */
  readonly state?: string | undefined
}

/** Decides at the beginning of a chain whether its spans are to be exported. */
export type Sample = (traceId: string) => boolean

const noTrace = '0'.repeat(32)
const noSpan = '0'.repeat(16)
const all: Sample = () => true

/**
 * This hop's place in the chain that the headers tell of; a new chain where `traceparent` is absent or not valid. A valid one also
 * decides whether the chain is sampled; `sample` is asked for a new chain alone.
 */
export function continueTrace(traceparent: string | undefined, tracestate?: string, sample = all): Trace {
  const spanId = randomHex(8)
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
  if (parent === undefined) {
    const traceId = randomHex(16)
    return { traceId, spanId, parentId: undefined, sampled: sample(traceId), state: undefined }
  }
  const { traceId, spanId: parentId, sampled } = parent
  const state = tracestate === undefined ? undefined : acceptableState(tracestate)
  return { traceId, spanId, parentId, sampled, state }
}

/** Place in the chain of something that this hop begins itself. */
export function childOf(parent: Trace): Trace {
  const { traceId, spanId: parentId, sampled, state } = parent
  return { traceId, spanId: randomHex(8), parentId, sampled, state }
}

/** The header for a callee. */
export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`
}

/** Version 00 exactly; of later versions what they have in common with it, as section 4 has it. 255 is no version. */
function parseTraceparent(text: string): Trace | undefined {
  const isKnown = text.length === lengthOf00 && text.startsWith('00-')
  if (!isKnown && !laterVersion.test(text)) return undefined
  // By hand, because the pattern with its groups costs as much as the whole of a refusal.
  if (text[35] !== '-' || text[52] !== '-') return undefined
  if (!isHex(text, 3, 35) || !isHex(text, 36, 52) || !isHex(text, 53, 55)) return undefined
  const traceId = text.slice(3, 35)
  const spanId = text.slice(36, 52)
  if (traceId === noTrace || spanId === noSpan) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(text.slice(53, 55), 16) & 1) === 1 }
}

const lengthOf00 = 55
const laterVersion = /^(?!00|ff)[0-9a-f]{2}-.{52}(?:-.*)?$/

function isHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x30 || (code > 0x39 && code < 0x61) || code > 0x66) return false
  }
  return true
}

const longestState = 512
const mostMembers = 32
const member =
  /^[ \t]*(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e][ \t]*$/

/** The header where it is valid as a whole, and undefined otherwise: a part of it would be another statement. */
export function acceptableState(text: string): string | undefined {
  if (text.length > longestState) return undefined
  const members = text.split(',')
  return members.length <= mostMembers && members.every((one) => member.test(one)) ? text : undefined
}

/** Random digits for many ids at once: asking the system for each one costs more than all the rest of a call's trace. */
const poolBytes = 4_096
let pool = ''
let used = 0

/** The specification forbids an id of zeros only; the chance of one is none. */
export function randomHex(bytes: number): string {
  const digits = bytes * 2
  if (used + digits > pool.length) {
    pool = randomBytes(poolBytes).toString('hex')
    used = 0
  }
  used += digits
  return pool.slice(used - digits, used)
}
