import type { ComponentKind, Evidence } from '../../model.ts'
import type { Field } from '../field.ts'
import { kindsOfExternals, kindsOfServices } from './vocabulary.ts'

/** A service or an external entity, as it is written. */
export interface Node {
  readonly id: string
  readonly external: boolean
  readonly kind: ComponentKind
  readonly technology: string | undefined
  readonly field: Field
  readonly words: ReadonlySet<string>
  readonly tags: Tags
}

/** An information flow, as it is written. */
export interface Flow {
  readonly sender: string
  readonly receiver: string
  readonly field: Field
  readonly words: ReadonlySet<string>
  readonly tags: Tags
}

/** Tagged values, by key without the quotes and spaces that tools leave around it. */
type Tags = ReadonlyMap<string, Field>

export function nodesOf(list: Field, external: boolean): readonly Node[] {
  const nodes = new Map<string, Node>()
  for (const field of list.items()) {
    const id = field.at('name').word()
    if (id === undefined || id === '') field.note('this has no name; it is not used')
    else if (nodes.has(id)) field.note(`${JSON.stringify(id)} stands here a second time; it is not used`)
    else nodes.set(id, nodeOf(id, field, external))
  }
  return [...nodes.values()]
}

function nodeOf(id: string, field: Field, external: boolean): Node {
  const words = wordsOf(field)
  const tags = tagsOf(field)
  const found = (external ? kindsOfExternals : kindsOfServices).find(([word]) => words.has(word))
  const [, kind, tag] = found ?? ['', external ? 'external' : 'service', '']
  return { id, external, kind, technology: tags.get(tag)?.word(), field, words, tags }
}

export function flowsOf(list: Field): readonly Flow[] {
  return list.items().flatMap((field) => {
    const sender = field.at('sender').word()
    const receiver = field.at('receiver').word()
    if (sender !== undefined && receiver !== undefined)
      return [{ sender, receiver, field, words: wordsOf(field), tags: tagsOf(field) }]
    field.note('this flow lacks its sender or its receiver; it is not used')
    return []
  })
}

function wordsOf(field: Field): ReadonlySet<string> {
  return new Set(field.at('stereotypes').texts())
}

function tagsOf(field: Field): Tags {
  const values = field.at('tagged_values')
  // Where there is none, some tools write an empty list.
  if (!values.present || (Array.isArray(values.value) && values.value.length === 0)) return new Map()
  return new Map(values.members().map(([key, value]) => [key.replaceAll(/^[\s'"]+|[\s'"]+$/g, ''), value]))
}

/** Where one of the stereotypes stands; undefined where none does. */
export function statedAt(
  { field, words }: Pick<Node, 'field' | 'words'>,
  among: readonly string[],
): Evidence | undefined {
  const word = among.find((candidate) => words.has(candidate))
  if (word === undefined) return undefined
  return field
    .at('stereotypes')
    .items()
    .find(({ value }) => value === word)
    ?.evidence()
}
