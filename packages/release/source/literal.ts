import type { ESTree } from 'rolldown/utils'

/** A property of an object literal whose name is plain. */
export interface Member {
  readonly name: string
  readonly property: ESTree.ObjectProperty
}

/**
 * The members of an object literal that are surely in the object: the last of each name, and none before a spread or
 * a computed name, which may replace it.
 */
export function membersOf(object: ESTree.ObjectExpression): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>()
  for (const property of object.properties) {
    const name = property.type === 'Property' ? propertyName(property) : undefined
    if (property.type !== 'Property' || name === undefined) members.clear()
    else members.set(name, { name, property })
  }
  return members
}

/** The name of a property of a literal or a pattern; nothing where it is computed. */
export function propertyName(property: {
  readonly key: ESTree.PropertyKey
  readonly computed: boolean
}): string | undefined {
  if (property.computed) return undefined
  const { key } = property
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : undefined
}
