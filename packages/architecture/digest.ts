import { canonicalJson, digestOf, type Digest } from '@plimsoll/base'
import type { Architecture } from './model.ts'

/** An architecture without anything in it. */
export function emptyArchitecture(name: string): Architecture {
  return {
    format: 'plimsoll/architecture/1',
    name,
    components: [],
    operations: [],
    calls: [],
    zones: [],
    dataClasses: [],
    notes: [],
  }
}

/**
 * The digest of what an architecture says: over values, not over their evidence or the reader's notes, and whatever the
 * order of its lists. A moved line or a renamed file changes nothing. Each part of a list counts by the digest of its own canonical
 * text, so that of two revisions only what differs is hashed again (Merkle 1987, one level deep).
 */
export function architectureDigest(architecture: Architecture): Digest {
  const { notes: _notes, dataClasses, ...rest } = architecture
  const asWritten = canonicalJson(dataClasses)
  return digestOf(
    objectText({ ...rest, dataClasses }, (key, value) =>
      key === 'dataClasses' ? asWritten : Array.isArray(value) ? partsText(value) : valueText(value),
    ),
  )
}

/** The digests of parts, in the order of the parts' names. */
function partsText(parts: readonly unknown[]): string {
  const isInOrder = parts.every((part, at) => at === 0 || compareNames(parts[at - 1], part) < 0)
  const sorted = isInOrder
    ? parts
    : parts.toSorted((a, b) => compareNames(a, b) || compare(partDigest(a), partDigest(b)))
  return `["${sorted.map(partDigest).join('","')}"]`
}

/** For as long as somebody holds the part. An architecture is data that nobody changes. */
const digests = new WeakMap<object, Digest>()

function partDigest(part: unknown): Digest {
  const known = typeof part === 'object' && part !== null ? digests.get(part) : undefined
  if (known !== undefined) return known
  const digest = digestOf(valueText(part) ?? canonicalJson(part))
  if (typeof part === 'object' && part !== null) digests.set(part, digest)
  return digest
}

/** The canonical text of a value with facts by their values, and lists of parts in the order of their texts, in one pass. */
function valueText(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return listText(value)
  if (typeof value !== 'object' || value === null) return canonicalJson(value)
  return isFact(value) ? valueText(value.value) : objectText(value, (_, inner) => valueText(inner))
}

function isFact(value: object): value is { readonly value: unknown } {
  if (!('evidence' in value && 'value' in value)) return false
  return Object.keys(value).length === 2
}

/**
 * Strings in their own order; parts in that of their ids, calls in that of their ends. What has the same name, or none, is in
 * that of its text. Lists of an architecture are in this order already, so that this costs one pass.
 */
function listText(items: readonly unknown[]): string {
  if (items.every((item) => typeof item === 'string'))
    return `[${items
      .toSorted()
      .map((item) => canonicalJson(item))
      .join(',')}]`
  const textOf = (item: unknown) => valueText(item) ?? canonicalJson(item)
  const sorted = items.toSorted((a, b) => compareNames(a, b) || compare(textOf(a), textOf(b)))
  return `[${sorted.map(textOf).join(',')}]`
}

function compareNames(a: unknown, b: unknown): number {
  for (const key of ['id', 'from', 'to']) {
    const order = compare(nameOf(a, key), nameOf(b, key))
    if (order !== 0) return order
  }
  return 0
}

function nameOf(item: unknown, key: string): string {
  if (typeof item !== 'object' || item === null) return ''
  const name = (item as Readonly<Record<string, unknown>>)[key]
  return typeof name === 'string' ? name : ''
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Members in the order of their names; one without a value is left out, as in all canonical JSON here. */
function objectText(value: object, textOf: (key: string, inner: unknown) => string | undefined): string {
  const members = value as Readonly<Record<string, unknown>>
  const texts: string[] = []
  for (const key of Object.keys(members).toSorted()) {
    const inner = key === 'evidence' ? undefined : textOf(key, members[key])
    if (inner !== undefined) texts.push(`${JSON.stringify(key)}:${inner}`)
  }
  return `{${texts.join(',')}}`
}
