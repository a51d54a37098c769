import type { Problem } from '@plimsoll/base'
import { bodyLimits, type Body } from './body.ts'

/** A media type without parameters (RFC 6838, section 4.2). */
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/
const mostTypes = 50

/** What is wrong with a stream or a file itself; its schemas are looked at where all schemas are. */
export function bodyProblems(body: Body, side: 'input' | 'output', field: string): readonly Problem[] {
  const problems = body.kind === 'stream' ? sizeProblems(body, field) : fileProblems(body, field)
  const { idleMs, longestMs } = body
  const paces: Problem[] = []
  if (!(longestMs > 0 && longestMs <= bodyLimits.longestMs)) {
    const fix = 'write at most 24h; whoever needs more begins again where it ended'
    paces.push({ message: 'it may take too long', place: { field: `${field}.longest` }, fix })
  }
  if (!(idleMs > 0 && idleMs <= longestMs)) {
    const fix = 'write an idle that is not longer than longest'
    paces.push({
      message: 'it may be idle for longer than all of it takes',
      place: { field: `${field}.idle` },
      fix,
    })
  }
  if (side === 'output' && body.head !== undefined) {
    const fix = 'send it as the first item, or with an operation of its own'
    paces.push({ message: 'an output has no head', place: { field: `${field}.head` }, fix })
  }
  return [...problems, ...paces]
}

function sizeProblems(
  { maxItemBytes }: Body & { readonly kind: 'stream' },
  field: string,
): readonly Problem[] {
  if (Number.isInteger(maxItemBytes) && maxItemBytes >= 1 && maxItemBytes <= bodyLimits.maxItemBytes)
    return []
  const fix = `write a whole number of bytes, at most ${bodyLimits.maxItemBytes}`
  return [{ message: 'the largest item is no size', place: { field: `${field}.maxItemBytes` }, fix }]
}

function fileProblems(
  { types, maxBytes }: Body & { readonly kind: 'file' },
  field: string,
): readonly Problem[] {
  const problems: Problem[] = []
  if (!(Number.isInteger(maxBytes) && maxBytes >= 1 && maxBytes <= bodyLimits.maxBytes)) {
    const fix = 'write a whole number of bytes, such as maxBytes: 10 * 1024 * 1024'
    problems.push({ message: 'the file has no largest size', place: { field: `${field}.maxBytes` }, fix })
  }
  const listed: unknown = types
  const good =
    Array.isArray(listed) &&
    listed.length > 0 &&
    listed.length <= mostTypes &&
    listed.every((type) => typeof type === 'string' && mediaType.test(type) && !type.startsWith('multipart/'))
  if (!good) {
    const fix =
      "write types: ['image/png'], in small letters and without parameters; application/octet-stream is any bytes"
    problems.push({ message: 'the file has no media types', place: { field: `${field}.types` }, fix })
  }
  return problems
}
