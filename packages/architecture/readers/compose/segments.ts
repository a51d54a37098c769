import type { Component, NetworkSegment } from '../../model.ts'
import { normalised } from './merge.ts'
import { booleanOf, entriesOf, factAt, inferredAt, member, textOf } from './node.ts'
import type { Project } from './project.ts'
import type { Service } from './service.ts'

/** The part of a component that its networks tell. */
export type Segments = Pick<Component, 'networks' | 'ingressLimited' | 'egressLimited'>

/** Names of the networks that a service is attached to; undefined where it has another's network, or the host's. */
function networksOf({ node }: Service): readonly string[] | undefined {
  const mode = textOf(node.entries.get('network_mode'))
  if (mode === 'none') return []
  if (mode !== undefined && mode !== 'bridge') return undefined
  const networks = node.entries.get('networks')
  const names =
    networks === undefined ? [] : entriesOf(normalised(networks, 'networks')).map(([name]) => name)
  return names.length === 0 ? ['default'] : names
}

/** Tells of each service which networks it is in, and whether these keep anybody from calling it, or it from calling out. */
export function segmentsAmong(
  services: readonly Service[],
  project: Project,
): (service: Service) => Segments {
  const everywhere = services.filter((service) => networksOf(service) === undefined).length
  const members = membersOf(services)
  const answers = new Map<string, boolean>()
  const isReachedByAll = (networks: readonly string[]): boolean => {
    const key = networks.toSorted().join('\n')
    const known = answers.get(key)
    if (known !== undefined) return known
    const neighbours = new Set(networks.flatMap((network) => members.get(network) ?? []))
    const answer = neighbours.size + everywhere === services.length
    answers.set(key, answer)
    return answer
  }
  return (service) => {
    const networks = networksOf(service)
    if (networks === undefined) return {}
    const { node } = service
    const source = node.entries.get('networks') ?? node.entries.get('network_mode')
    const isInside = networks.every(
      (network) => booleanOf(member(project.networks, network, 'internal')) === true,
    )
    return {
      networks: source === undefined ? inferredAt(networks, node) : factAt(networks, source),
      ingressLimited: inferredAt(!isReachedByAll(networks), source ?? node),
      egressLimited: inferredAt(isInside, source ?? node),
    }
  }
}

function membersOf(services: readonly Service[]): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>()
  for (const service of services) {
    for (const network of networksOf(service) ?? []) {
      const names = members.get(network)
      if (names === undefined) members.set(network, [service.name])
      else names.push(service.name)
    }
  }
  return members
}

/** Segments that are declared, and the one that everything is in where nothing else is said. */
export function segmentsOf(project: Project, services: readonly Service[]): readonly NetworkSegment[] {
  const declared = entriesOf(project.networks).map(([id, node]): NetworkSegment => {
    const internal = member(node, 'internal')
    const value = booleanOf(internal)
    const evidence = node.place()
    if (internal === undefined || value === undefined) return { id, evidence }
    return { id, internal: factAt(value, internal), evidence }
  })
  const first = services.find((service) => networksOf(service)?.includes('default') === true)
  if (first === undefined || declared.some(({ id }) => id === 'default')) return declared
  return [...declared, { id: 'default', evidence: { file: first.node.place().file, how: 'inferred' } }]
}
