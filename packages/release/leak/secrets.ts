import { assignedSecrets } from './assigned.ts'
import { secretShapes } from './shapes.ts'

/** Something in a text that looks like a secret. */
export interface FoundSecret {
  readonly kind: string
  /** Characters that can be searched for elsewhere. Never shown. */
  readonly mark: string
  /** True where it was found by its looks alone. */
  readonly guessed: boolean
}

const mostFound = 100

/** The secrets in a text, each once, at most 100. */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found = new Map<string, FoundSecret>()
  const add = (kind: string, value: string, guessed: boolean) => {
    const mark = markOf(value)
    if (found.size < mostFound && !found.has(mark)) found.set(mark, { kind, mark, guessed })
  }
  for (const { kind, shape, guessed } of secretShapes) {
    for (const [value] of text.matchAll(shape)) if (!isPublished(value)) add(kind, value, guessed === true)
  }
  for (const { value } of assignedSecrets(text)) {
    const known = [...found.values()].some(({ mark }) => value.includes(mark) || mark.includes(value))
    if (!known) add('what looks like a secret', value, true)
  }
  return [...found.values()]
}

/** The longest part that any way to write a text leaves as it is: no line ends, quotes or escapes. */
function markOf(value: string): string {
  const body = value.replace(/-----BEGIN [A-Z ]+-----(?:\\[nr])*/, '')
  const parts = body.match(/[\w+/=.~:@-]+/g) ?? [body]
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest))
}

/** What documents show to everybody: AWS's examples, reserved hosts (RFC 2606), the tokens of jwt.io, RFC 7515 and 7519. */
function isPublished(value: string): boolean {
  if (/EXAMPLE(?:KEY)?$|@(?:[\w-]+\.)*example(?:\.(?:com|org|net))?$/.test(value)) return true
  if (/:\/\/[^:]+:(?:password|passwd|secret|hunter2)@/i.test(value)) return true
  const [, payload] = /^eyJ[\w-]+\.(eyJ[\w-]+)\./.exec(value) ?? []
  if (payload === undefined) return false
  return /"sub":\s*"1234567890"|"iss":\s*"joe"|example\.(?:com|org|net)/.test(
    Buffer.from(payload, 'base64url').toString('utf8'),
  )
}
