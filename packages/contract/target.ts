/** What a request asks for: the undecoded path, and the query. */
export interface RequestTarget {
  readonly path: string
  readonly query: URLSearchParams
}

const segment = String.raw`(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})`
const originForm = new RegExp(String.raw`^(/|(?:/${segment}+)+/?)(?:\?((?:${segment}|[/?])*))?$`)
const dotSegment = /^(?:\.|%2e){1,2}$/i
// Slash, backslash, control characters: whoever decodes the path before or after us could split it elsewhere.
const structural = /%(?:2f|5c|[01][0-9a-f]|7f)/i

/**
 * Reads a request-target of the origin form (RFC 9112, section 3.2.1; characters of RFC 3986, section 3.3 and 3.4).
 * Whatever two readers could understand in two ways is refused and never repaired.
 * @returns the target, or in words what to write instead
 */
export function readTarget(text: string): RequestTarget | { readonly fix: string } {
  const match = originForm.exec(text)
  if (match === null)
    return { fix: 'write the address as a path and a query, each character as RFC 3986 has it' }
  const [, path = '/', query = ''] = match
  if (path.split('/').some((part) => dotSegment.test(part)))
    return { fix: 'leave out the segments "." and ".."' }
  if (structural.test(path)) return { fix: 'leave out encoded slashes, backslashes and control characters' }
  if (!isUtf8(path) || !isUtf8(query)) return { fix: 'percent-encode text as UTF-8' }
  return { path, query: new URLSearchParams(query) }
}

function isUtf8(encoded: string): boolean {
  try {
    decodeURIComponent(encoded)
    return true
  } catch {
    return false
  }
}
