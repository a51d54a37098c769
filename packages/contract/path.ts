/** One segment of an operation's path. */
export type Segment = { readonly literal: string } | { readonly parameter: string }

const literalPattern = /^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const ambiguousPattern = /[/\\\u0000-\u001f\u007f]/
const parameterPattern = /^\{([A-Za-z][A-Za-z0-9_]{0,62})\}$/

/** The segments of a path template such as `/quotes/{sku}`; undefined where it is none, or where no request could have it. */
export function parsePath(path: string): readonly Segment[] | undefined {
  if (!path.startsWith('/')) return undefined
  if (path === '/') return []
  const segments: Segment[] = []
  for (const part of path.slice(1).split('/')) {
    const parameter = parameterPattern.exec(part)?.[1]
    if (parameter !== undefined) segments.push({ parameter })
    else if (literalPattern.test(part) && decodeSegment(part) !== undefined) segments.push({ literal: part })
    else return undefined
  }
  return segments
}

/**
 * One segment of a request's path, decoded once; undefined where RFC 3986 gives it no single meaning: it is empty, a dot
 * segment, a malformed escape, or hides in an escape what means one thing here and another behind the next proxy.
 */
export function decodeSegment(part: string): string | undefined {
  if (part === '') return undefined
  let decoded: string
  try {
    decoded = decodeURIComponent(part)
  } catch {
    return undefined
  }
  return decoded === '.' || decoded === '..' || ambiguousPattern.test(decoded) ? undefined : decoded
}

/** Names of the parameters of a path, in their order. */
export function pathParameters(path: string): readonly string[] {
  return (parsePath(path) ?? []).flatMap((segment) => ('parameter' in segment ? [segment.parameter] : []))
}

/** What two paths that match the same addresses have in common; a method before the path stays. */
export function pathShape(path: string): string {
  const shape = path.replaceAll(/\{[^}]*\}/g, '{}')
  // `%41` and `A` are one address.
  return shape.replaceAll(/[^/ ]+/g, (part) => decodeSegment(part) ?? part)
}
