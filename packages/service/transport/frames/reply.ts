import { parseJson, type Json } from '@plimsoll/base'
import { CallFailure } from '../../errors.ts'
import type { Reply } from '../transport.ts'
import { replyKinds, type readReply } from './frame.ts'

/** Longest details of a problem. */
const mostProblemBytes = 16_384

/**
 * What a `reply` frame says.
 * @throws {CallFailure} `INVALID_OUTPUT` where it is no acceptable JSON
 */
export function replyOf(reply: ReturnType<typeof readReply>, maxBytes: number, target: string): Reply {
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
    return parseJson(body, { maxBytes: mostProblemBytes })
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
