import type { HttpMethod } from './contract.ts'
import { throwProblems } from './errors.ts'
import { decodeSegment, parsePath, pathShape } from './path.ts'

/** Something that has an address. */
export interface RouterEntry<Target> {
  readonly method: HttpMethod
  /** Such as `/quotes/{sku}`. */
  readonly path: string
  readonly target: Target
}

export type RouterMatch<Target> =
  | {
      readonly kind: 'found'
      readonly target: Target
      /** Decoded once. */
      readonly pathParameters: Readonly<Record<string, string>>
    }
  | { readonly kind: 'method-not-allowed'; readonly allowed: readonly HttpMethod[] }
  | { readonly kind: 'not-found' }
  /** The path is not one that RFC 3986 gives a single meaning: an empty or dot segment, a malformed escape. */
  | { readonly kind: 'malformed' }

export interface Router<Target> {
  /** @param path the path of the request target, without the query, as it came. */
  match(method: string, path: string): RouterMatch<Target>
}

interface Node<Target> {
  readonly literals: Map<string, Node<Target>>
  parameter: Node<Target> | undefined
  readonly targets: Map<HttpMethod, { readonly target: Target; readonly names: readonly string[] }>
}

/**
 * Finds operations by method and path. Exact: case counts, a trailing slash counts, a literal goes before a parameter.
 * @throws {InvalidInput} `ROUTES` where two entries match the same addresses, or a path is none
 */
export function createRouter<Target>(entries: readonly RouterEntry<Target>[]): Router<Target> {
  const root = emptyNode<Target>()
  for (const entry of entries) insert(root, entry)
  return {
    match(method, path) {
      const segments = decodeSegments(path)
      if (segments === undefined) return { kind: 'malformed' }
      return find(root, segments, method)
    },
  }
}

function emptyNode<Target>(): Node<Target> {
  return { literals: new Map(), parameter: undefined, targets: new Map() }
}

function insert<Target>(root: Node<Target>, { method, path, target }: RouterEntry<Target>): void {
  const segments = parsePath(path)
  const problem = (message: string) =>
    throwProblems('ROUTES', [{ message, fix: 'give each operation an address of its own' }])
  if (segments === undefined) return problem(`${JSON.stringify(path)} is no path`)
  let node = root
  const names: string[] = []
  for (const segment of segments) {
    if ('parameter' in segment) {
      names.push(segment.parameter)
      node = node.parameter ??= emptyNode()
    } else {
      const literal = decodeURIComponent(segment.literal)
      const next = node.literals.get(literal) ?? emptyNode<Target>()
      node.literals.set(literal, next)
      node = next
    }
  }
  if (node.targets.has(method)) return problem(`two operations have the address ${method} ${pathShape(path)}`)
  node.targets.set(method, { target, names })
  return undefined
}

/** The segments, each decoded once; undefined where the path is ambiguous. */
function decodeSegments(path: string): readonly string[] | undefined {
  if (!path.startsWith('/')) return undefined
  if (path === '/') return []
  const segments: string[] = []
  for (const part of path.slice(1).split('/')) {
    const decoded = decodeSegment(part)
    if (decoded === undefined) return undefined
    segments.push(decoded)
  }
  return segments
}

function find<Target>(root: Node<Target>, segments: readonly string[], method: string): RouterMatch<Target> {
  const ends = candidates(root, segments, 0)
  for (const { node, values } of ends) {
    const end = node.targets.get(method as HttpMethod)
    if (end === undefined) continue
    const pathParameters = Object.fromEntries(end.names.map((name, at) => [name, values[at] ?? '']))
    return { kind: 'found', target: end.target, pathParameters }
  }
  if (ends.length === 0) return { kind: 'not-found' }
  const allowed = [...new Set(ends.flatMap(({ node }) => [...node.targets.keys()]))].toSorted()
  return { kind: 'method-not-allowed', allowed }
}

interface Candidate<Target> {
  readonly node: Node<Target>
  readonly values: readonly string[]
}

/** Every end that the segments lead to, the most literal first. */
function candidates<Target>(
  node: Node<Target>,
  segments: readonly string[],
  at: number,
): readonly Candidate<Target>[] {
  const segment = segments[at]
  if (segment === undefined) return node.targets.size > 0 ? [{ node, values: [] }] : []
  const literal = node.literals.get(segment)
  const { parameter } = node
  return [
    ...(literal === undefined ? [] : candidates(literal, segments, at + 1)),
    ...(parameter === undefined
      ? []
      : candidates(parameter, segments, at + 1).map((end) => ({
          node: end.node,
          values: [segment, ...end.values],
        }))),
  ]
}
