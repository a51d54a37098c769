import { canonicalJson } from '@plimsoll/base'
import {
  defaultDataClasses,
  type Architecture,
  type Call,
  type Evidence,
  type Fact,
  type Note,
} from '../model.ts'
import type { ArchitecturePart } from './reader.ts'

/** A part with the format that it was read from. */
export interface ReadPart {
  readonly format: string
  readonly part: ArchitecturePart
}

/**
 * One architecture of what several readers found. The same id is the same part; the facts of both are kept, and of two for the same
 * question the better evidence: declared before observed before inferred, and of equals the earlier. Where one format says two things
 * about the same, it is noted.
 */
export function mergeParts(name: string, parts: readonly ReadPart[]): Architecture {
  const notes: Note[] = parts.flatMap(({ part }) => part.notes ?? [])
  const all = <Item>(list: (part: ArchitecturePart) => readonly Item[] | undefined): Sourced<Item>[] =>
    parts.flatMap(({ format, part }) => (list(part) ?? []).map((item) => ({ format, item })))
  const objects = all((part) => part.objects)
  const networks = all((part) => part.networks)
  return {
    format: 'plimsoll/architecture/1',
    name,
    components: mergeById(
      all((part) => part.components),
      notes,
    ),
    operations: mergeById(
      all((part) => part.operations),
      notes,
    ),
    calls: mergeCalls(all((part) => part.calls).map(({ item }) => item)),
    zones: mergeById(
      all((part) => part.zones),
      notes,
    ),
    ...(objects.length === 0 ? {} : { objects: mergeById(objects, notes) }),
    ...(networks.length === 0 ? {} : { networks: mergeById(networks, notes) }),
    dataClasses: [...defaultDataClasses],
    notes: distinctNotes(notes),
  }
}

interface Sourced<Item> {
  readonly format: string
  readonly item: Item
}

interface Part {
  readonly id: string
  readonly evidence: Evidence
}

function mergeById<Item extends Part>(items: readonly Sourced<Item>[], notes: Note[]): Item[] {
  const merged = new Map<string, Sourced<Item>>()
  for (const { format, item } of items) {
    const earlier = merged.get(item.id)
    if (earlier === undefined) {
      merged.set(item.id, { format, item })
      continue
    }
    if (earlier.format === format) notes.push(...contradictions(earlier.item, item))
    merged.set(item.id, { format: earlier.format, item: combined(earlier.item, item) })
  }
  return [...merged.values()].map(({ item }) => item).toSorted((a, b) => compare(a.id, b.id))
}

function contradictions(earlier: Part, later: Part): readonly Note[] {
  const other: Readonly<Record<string, unknown>> = { ...later }
  const fields = Object.entries(earlier).flatMap(([field, value]) => {
    const theirs = other[field]
    const bothDeclared = isFact(value) && isFact(theirs) && rankOf(value) === 2 && rankOf(theirs) === 2
    return bothDeclared && canonicalJson(value.value) !== canonicalJson(theirs.value) ? [field] : []
  })
  if (fields.length === 0) return []
  const message = `${earlier.id} is declared twice, with different ${fields.join(', ')}; the first counts`
  return [{ message, evidence: later.evidence }]
}

/** The members of both; facts by their evidence, groups of facts (`hardening`, `traits`) member by member. */
function combined<Item extends object>(earlier: Item, later: Item): Item {
  const members = { ...earlier } as Record<string, unknown>
  for (const [field, value] of Object.entries(later)) {
    const known = members[field]
    if (known === undefined) members[field] = value
    else if (isFact(known) && isFact(value))
      members[field] = field === 'kind' ? betterKind(known, value) : better(known, value)
    else if (field === 'hardening' || field === 'traits')
      members[field] = combined(known as object, value as object)
  }
  return members as Item
}

function better(one: Fact<unknown>, other: Fact<unknown>): Fact<unknown> {
  return rankOf(other) > rankOf(one) ? other : one
}

/** `service` is what is said of anything that runs; any other kind says more. */
function betterKind(one: Fact<unknown>, other: Fact<unknown>): Fact<unknown> {
  if (one.value === 'service' && rankOf(one) === 0) return other
  if (other.value === 'service' && rankOf(other) === 0) return one
  return better(one, other)
}

function rankOf({ evidence: { how = 'declared' } }: Fact<unknown>): number {
  return how === 'declared' ? 2 : how === 'observed' ? 1 : 0
}

function isFact(value: unknown): value is Fact<unknown> {
  return typeof value === 'object' && value !== null && 'value' in value && 'evidence' in value
}

/** A call that was found twice is one, with the facts of both; the evidence is that of the finding that tells more. */
function mergeCalls(calls: readonly Call[]): readonly Call[] {
  const merged = new Map<string, Call>()
  for (const call of calls) {
    const key = `${call.from}\n${call.to}`
    const earlier = merged.get(key)
    if (earlier === undefined) merged.set(key, call)
    else if (tells(call) > tells(earlier)) merged.set(key, combined(call, earlier))
    else merged.set(key, combined(earlier, call))
  }
  return [...merged.values()].toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
}

function tells(call: Call): number {
  return Object.values(call).filter(isFact).length
}

function distinctNotes(notes: readonly Note[]): readonly Note[] {
  const key = ({ message, evidence: { file, line } }: Note) => canonicalJson([message, file ?? '', line ?? 0])
  return [...new Map(notes.map((note) => [key(note), note])).values()]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
