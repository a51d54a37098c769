/**
 * A value as it travels: a date as RFC 3339 in UTC, bytes as base64 (RFC 4648, section 4), a big integer as its decimal digits. Everything
 * else stays as it is. The same object where nothing in it has to be written.
 */
export function wireValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  // A date that is none has no text; the schema says so of it.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? value : value.toISOString()
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  if (Array.isArray(value)) return changed(value, value.map(wireValue))
  if (!isPlain(value)) return value
  const entries = Object.entries(value).map(([name, member]) => [name, wireValue(member)] as const)
  const object = value as Readonly<Record<string, unknown>>
  return entries.some(([name, member]) => member !== object[name]) ? Object.fromEntries(entries) : value
}

function changed(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.some((item, at) => item !== before[at]) ? after : before
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
