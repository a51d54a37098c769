import type { Fact, Graph } from '@plimsoll/architecture'
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

/** Owner → the first component of theirs that an entry needs. */
type Parts = ReadonlyMap<string, string>

/** Entries with the same owners are one finding. */
function check(graph: Graph): RuleResult {
  const crossing = [...partsByEntry(graph)].filter(([, parts]) => parts.size > most)
  const byOwners = Map.groupBy(crossing, ([, parts]) => [...parts.keys()].toSorted().join(' '))
  return { weaknesses: [...byOwners.values()].map((entries) => weakness(entries, graph)) }
}

/** One pass over all needs: an entry by itself would have to look at every component again. */
function partsByEntry(graph: Graph): ReadonlyMap<string, Parts> {
  const found = new Map<string, Map<string, string>>()
  for (const [id, { entries }] of needs(graph)) {
    const owner = ownerOf(id, graph)?.value
    if (owner === undefined) continue
    for (const entry of entries) {
      const parts = found.get(entry)
      if (parts === undefined) found.set(entry, new Map([[owner, id]]))
      else if (!parts.has(owner)) parts.set(owner, id)
    }
  }
  return found
}

/** Somebody else's system has an owner outside. */
function ownerOf(id: string, graph: Graph): Fact<string> | undefined {
  const component = graph.component(id)
  return component?.kind.value === 'external' ? undefined : component?.owner
}

function weakness(entries: readonly (readonly [string, Parts])[], graph: Graph): Weakness {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const names = sorted.map(([entry]) => entry)
  const [[entry, byOwner] = ['', new Map<string, string>()]] = sorted
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
