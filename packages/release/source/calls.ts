import { callId, type UseDocument } from '@plimsoll/contract'
import type { ESTree } from 'rolldown/utils'
import { propertyName } from './literal.ts'

/** A handler written in place. */
export type InlineHandler = ESTree.Function | ESTree.ArrowFunctionExpression

/** Call id → offset in the source where the call is made, or where the handler takes the whole client. */
export type Calls = ReadonlyMap<string, number>

/**
 * The declared calls that a handler can make, read from its source. It can be more than the handler really makes,
 * never less: a client that goes anywhere else than into `client.operation` counts with all its operations.
 * `undefined` where the handler may make every declared call.
 */
export function callsOf(handler: InlineHandler, uses: readonly UseDocument[]): Calls | undefined {
  const [, context] = handler.params
  if (handler.params.some(({ type }) => type === 'RestElement' || type === 'TSParameterProperty'))
    return undefined
  const mentions = mentionsIn(handler)
  if (mentions.has('arguments') || mentions.has('eval')) return undefined
  if (context === undefined) return new Map()
  const pattern = withoutDefault(context as ESTree.BindingPattern)
  const reach: Reach = { uses, mentions, calls: new Map() }
  switch (pattern.type) {
    case 'Identifier':
      return throughContext(reach, pattern)
    case 'ObjectPattern':
      return throughPattern(reach, pattern)
    default:
      return undefined
  }
}

interface Reach {
  readonly uses: readonly UseDocument[]
  readonly mentions: Mentions
  readonly calls: Map<string, number>
}

/** `{ catalog, signal }`: each bound name is followed; a rest element or a computed name may hold any client. */
function throughPattern(reach: Reach, pattern: ESTree.ObjectPattern): Calls | undefined {
  for (const property of pattern.properties) {
    const alias = property.type === 'Property' ? propertyName(property) : undefined
    if (property.type !== 'Property' || alias === undefined || alias in Object.prototype) return undefined
    const uses = reach.uses.filter((use) => use.alias === alias)
    if (uses.length > 0) throughClient(reach, uses, withoutDefault(property.value))
  }
  return reach.calls
}

/** One client, bound to a name (`catalog`, `catalog: c`) or taken apart (`catalog: { lookup }`). */
function throughClient(reach: Reach, uses: readonly UseDocument[], binding: ESTree.BindingPattern): void {
  if (binding.type === 'Identifier') {
    for (const mention of reach.mentions.get(binding.name) ?? []) {
      if (mention.node === binding) continue
      const use = useNamed(uses, memberName(mention))
      if (use === undefined) return addAll(reach, uses, binding.start)
      add(reach, use, mention.node.start)
    }
    return
  }
  if (binding.type !== 'ObjectPattern') return addAll(reach, uses, binding.start)
  for (const property of binding.properties) {
    const name = property.type === 'Property' ? propertyName(property) : undefined
    const use = useNamed(uses, name)
    if (use === undefined) return addAll(reach, uses, binding.start)
    add(reach, use, property.start)
  }
}

/** `context.catalog.lookup(…)`: every mention of the context must be of this form, or of a fact that is no client. */
function throughContext(reach: Reach, context: ESTree.BindingIdentifier): Calls | undefined {
  for (const mention of reach.mentions.get(context.name) ?? []) {
    if (mention.node === context) continue
    const alias = memberName(mention)
    if (alias === undefined || alias in Object.prototype) return undefined
    const uses = reach.uses.filter((use) => use.alias === alias)
    if (uses.length === 0) continue
    const use = mention.above && useNamed(uses, memberName(mention.above))
    if (use === undefined) addAll(reach, uses, mention.node.start)
    else add(reach, use, mention.node.start)
  }
  return reach.calls
}

function useNamed(uses: readonly UseDocument[], name: string | undefined): UseDocument | undefined {
  return uses.find((use) => (use.kind === 'operation' ? use.operation : 'fetch') === name)
}

function add(reach: Reach, use: UseDocument, offset: number): void {
  const id = callId(use)
  reach.calls.set(id, Math.min(offset, reach.calls.get(id) ?? offset))
}

function addAll(reach: Reach, uses: readonly UseDocument[], offset: number): void {
  for (const use of uses) add(reach, use, offset)
}

function withoutDefault(pattern: ESTree.BindingPattern): ESTree.BindingPattern {
  return pattern.type === 'AssignmentPattern' ? withoutDefault(pattern.left) : pattern
}

/** A name where it is said, with what stands around it. Scopes are not told apart: a shadowing name counts as well. */
interface Mention {
  readonly node: ESTree.Node
  /** What the node is part of. */
  readonly parent: ESTree.Node
  /** The same for the parent. */
  readonly above: Mention | undefined
}

type Mentions = ReadonlyMap<string, readonly Mention[]>

/** The property, where the mention is the object of `object.property` or `object?.property`. */
function memberName({ node, parent }: Mention): string | undefined {
  if (parent.type !== 'MemberExpression' || parent.object !== node || parent.computed) return undefined
  return parent.property.type === 'Identifier' ? parent.property.name : undefined
}

function mentionsIn(handler: InlineHandler): Mentions {
  const mentions = new Map<string, Mention[]>()
  // A list and no recursion: sources with deeply nested expressions exist.
  const open: Mention[] = childrenOf(handler, undefined)
  for (let mention = open.pop(); mention !== undefined; mention = open.pop()) {
    const { node } = mention
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') {
      const known = mentions.get(node.name)
      if (known === undefined) mentions.set(node.name, [mention])
      else known.push(mention)
    }
    for (const child of childrenOf(node, mention)) open.push(child)
  }
  return mentions
}

/** True for a name that says which property is meant, and no variable. */
function isPropertyName(parent: ESTree.Node, key: string): boolean {
  if (key !== 'key' && key !== 'property') return false
  return 'computed' in parent && !parent.computed
}

function childrenOf(parent: ESTree.Node, above: Mention | undefined): Mention[] {
  return Object.entries(parent)
    .filter(([key]) => key !== 'parent' && !isPropertyName(parent, key))
    .flatMap(([, value]) => value as unknown)
    .filter(isNode)
    .map((node) => ({ node, parent, above }))
}

function isNode(value: unknown): value is ESTree.Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
