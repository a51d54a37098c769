import type { Architecture, Call, Component } from '@plimsoll/architecture'
import type { Finding } from '../../finding.ts'
import { isAtLeast } from '../../judge.ts'
import { collapsed } from './collapse.ts'
import { groupingOf } from './grouping.ts'
import { join, mostBoxes, worstOf, type MapGraph, type MapLink, type MapNode } from './model.ts'

/** The map of an architecture, with the number of findings at each box. */
export function drawingOf(architecture: Architecture, findings: readonly Finding[] = []): MapGraph {
  const detailed = detailedMap(architecture, findings)
  return detailed.nodes.length > mostBoxes ? collapsed(detailed, architecture) : detailed
}

function detailedMap(architecture: Architecture, findings: readonly Finding[]): MapGraph {
  const owners = ownersOf(architecture)
  const marks = marksOf(findings, owners)
  const grouping = groupingOf(architecture.components)
  const sorted = architecture.components.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const nodes = sorted.map((component): MapNode => {
    const found = marks.get(component.id) ?? []
    return {
      id: component.id,
      label: component.id,
      detail: detailOf(component),
      kind: component.kind.value,
      group: grouping?.groupOf(component),
      components: [component.id],
      findings: found.filter(({ severity }) => isAtLeast(severity, 'high')).length,
      worst: worstOf(found),
    }
  })
  const used = new Set(nodes.map(({ group }) => group).filter((group) => group !== undefined))
  return {
    name: architecture.name,
    nodes,
    links: linksOf(architecture, owners),
    groups: [...used].toSorted().map((id) => ({ id, label: id })),
    groupedBy: grouping?.what,
  }
}

/** Every id of the architecture → the component that has it. */
export function ownersOf({ components, operations }: Architecture): ReadonlyMap<string, string> {
  return new Map([
    ...operations.map(({ id, component }) => [id, component] as const),
    ...components.map(({ id }) => [id, id] as const),
  ])
}

/** Components at which a finding lies: its subject, and the places that it names; the way there is not at fault. */
export function placesOf(finding: Finding, owners: ReadonlyMap<string, string>): readonly string[] {
  const named = [finding.subject, ...(finding.members ?? [])].flatMap((text) => text.split(' -> '))
  const ids = named.map((text) => owners.get(text) ?? owners.get(text.split(': ')[0] ?? ''))
  const places = new Set(ids.filter((id) => id !== undefined))
  if (places.size > 0) return [...places]
  const steps = finding.path.map(({ id }) => owners.get(id)).filter((id) => id !== undefined)
  return [...new Set(steps)]
}

function marksOf(
  findings: readonly Finding[],
  owners: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly Finding[]> {
  const marks = new Map<string, Finding[]>()
  for (const finding of findings) {
    for (const id of placesOf(finding, owners)) {
      const known = marks.get(id)
      if (known === undefined) marks.set(id, [finding])
      else known.push(finding)
    }
  }
  return marks
}

function detailOf({ technology, replicas, kind }: Component): string {
  const what = technology?.value ?? kind.value.replaceAll('-', ' ')
  return replicas === undefined || replicas.evidence.how === 'inferred' ? what : `${what} ×${replicas.value}`
}

/** Calls by the components at their ends; one that is carried by a gateway goes through it. */
function linksOf({ calls }: Architecture, owners: ReadonlyMap<string, string>): readonly MapLink[] {
  const links = new Map<string, MapLink>()
  for (const call of calls) {
    const ends = [owners.get(call.from), call.through && owners.get(call.through.value), owners.get(call.to)]
    const stops = ends.filter((id) => id !== undefined)
    for (const [at, from] of stops.entries()) {
      const to = stops[at + 1]
      if (to !== undefined && to !== from) join(links, { from, to, calls: 1, ...mannerOf(call) })
    }
  }
  return [...links].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, link]) => link)
}

function mannerOf({ required, synchronous }: Call): Pick<MapLink, 'optional' | 'asynchronous'> {
  return { optional: required?.value === false, asynchronous: synchronous?.value === false }
}
