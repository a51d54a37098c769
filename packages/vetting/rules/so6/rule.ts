import {
  concernedEntries,
  entriesOf,
  neededComponents,
  type Analysis,
  type Earlier,
  type Fact,
  type Graph,
} from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed } from '../path.ts'
import { needs } from '../needs.ts'

export const so6: Rule = {
  id: 'SO6',
  title: 'One answer needs many teams',
  severity: 'low',
  why:
    'A request that crosses many owners is nobody’s: its changes are meetings, its incidents are relays (Conway, How Do Committees Invent?, ' +
    '1968; Skelton and Pais, Team Topologies, chapter 5).',
  fix: 'Let one team own what one entry needs, or make what others add optional.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const most = 3

/** What one entry needs of whom. */
interface Crossing {
  readonly entry: string
  /** Owner → the first component of theirs that the entry needs. */
  readonly parts: ReadonlyMap<string, string>
  /** The owners in a text. */
  readonly owners: string
}

/** Entries with the same owners are one finding. */
interface Found {
  readonly crossings: ReadonlyMap<string, Crossing>
  readonly byOwners: ReadonlyMap<
    string,
    { readonly crossings: readonly Crossing[]; readonly weakness: Weakness }
  >
}

function check(graph: Graph): RuleResult {
  return { weaknesses: [...graph.once(found).byOwners.values()].map(({ weakness: one }) => one) }
}

const found: Analysis<Found> = Object.assign(
  (graph: Graph): Found => foundAmong(crossingsOf(graph, partsByEntry(graph)), graph),
  { revise },
)

function foundAmong(crossings: ReadonlyMap<string, Crossing>, graph: Graph, earlier?: Found): Found {
  const groups = Map.groupBy(crossings.values(), ({ owners }) => owners)
  const byOwners = [...groups].map(([owners, group]) => {
    const old = earlier?.byOwners.get(owners)
    const isOld =
      old?.crossings.length === group.length && group.every((crossing, at) => crossing === old.crossings[at])
    return [owners, isOld ? old : { crossings: group, weakness: weakness(group, graph) }] as const
  })
  return { crossings, byOwners: new Map(byOwners) }
}

/** Entries that a change does not concern need the same of the same owners. */
function revise(previous: Found, graph: Graph, earlier: Earlier): Found {
  const concerned = concernedEntries(graph, earlier)
  const numbers = new Map(graph.architecture.components.map(({ id }, at) => [id, at]))
  const place = (id: string) => numbers.get(id) ?? 0
  const crossings = new Map<string, Crossing>()
  for (const entry of entriesOf(graph)) {
    const old = previous.crossings.get(entry.id)
    if (!concerned.has(entry.id)) {
      if (old !== undefined) crossings.set(entry.id, old)
      continue
    }
    const needed = neededComponents(graph, entry).components.toSorted((a, b) => place(a) - place(b))
    const parts = new Map<string, string>()
    for (const id of needed) addPart(parts, id, graph)
    for (const [id, crossing] of crossingsOf(graph, new Map([[entry.id, parts]]))) crossings.set(id, crossing)
  }
  return foundAmong(crossings, graph, previous)
}

function crossingsOf(
  graph: Graph,
  parts: ReadonlyMap<string, Crossing['parts']>,
): ReadonlyMap<string, Crossing> {
  return new Map(
    entriesOf(graph).flatMap(({ id }) => {
      const own = parts.get(id)
      if (own === undefined || own.size <= most) return []
      return [[id, { entry: id, parts: own, owners: [...own.keys()].toSorted().join(' ') }] as const]
    }),
  )
}

/** One pass over all needs: an entry by itself would have to look at every component again. */
function partsByEntry(graph: Graph): ReadonlyMap<string, Crossing['parts']> {
  const byEntry = new Map<string, Map<string, string>>()
  for (const [id, { entries }] of needs(graph)) {
    if (ownerOf(id, graph) === undefined) continue
    for (const entry of entries) {
      const parts = byEntry.get(entry) ?? new Map<string, string>()
      byEntry.set(entry, parts)
      addPart(parts, id, graph)
    }
  }
  return byEntry
}

function addPart(parts: Map<string, string>, id: string, graph: Graph): void {
  const owner = ownerOf(id, graph)?.value
  if (owner !== undefined && !parts.has(owner)) parts.set(owner, id)
}

/** Somebody else's system has an owner outside. */
function ownerOf(id: string, graph: Graph): Fact<string> | undefined {
  const component = graph.component(id)
  return component?.kind.value === 'external' ? undefined : component?.owner
}

function weakness(crossings: readonly Crossing[], graph: Graph): Weakness {
  const sorted = crossings.toSorted((a, b) => (a.entry < b.entry ? -1 : 1))
  const names = sorted.map(({ entry }) => entry)
  const [first] = sorted
  const [entry, byOwner] = [first?.entry ?? '', first?.parts ?? new Map<string, string>()]
  const owners = [...byOwner.keys()].toSorted()
  const parts = owners.map((owner) => ({ owner, id: byOwner.get(owner) ?? '' }))
  const evidence = parts.map(({ id }) => ownerOf(id, graph)?.evidence ?? {})
  return {
    subject: entry,
    message: `${listed(names)} ${names.length === 1 ? 'needs' : 'need'} parts of ${owners.length} owners: ${listed(owners, 6)}.`,
    path: [
      { id: entry },
      ...parts.map(({ id, owner }, at) => ({ id, note: `of ${owner}`, evidence: evidence[at] })),
    ],
    evidence,
    fix: `let one team own what ${entry} needs, or let it answer without some of it`,
    identity: owners,
  }
}
