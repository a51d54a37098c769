import type { Component, Fact } from '../../model.ts'
import { plainSecretIn } from '../secrets.ts'
import { technologyOf } from '../technology.ts'
import { hardeningOf } from './hardening.ts'
import type { Hosts } from './hosts.ts'
import { volumesOf } from './mounts.ts'
import { entriesOf, factAt, inferredAt, itemsOf, member, textOf, type MapNode, type Node } from './node.ts'
import { innerPorts, publishedPorts } from './ports.ts'
import { runningOf } from './running.ts'
import type { Segments } from './segments.ts'
import { commandOf, type Service } from './service.ts'
import type { Told } from './traits.ts'

/** What the services know of each other. */
export interface Surroundings {
  readonly hosts: Hosts
  readonly segments: (service: Service) => Segments
  readonly told: (service: Service) => Told
}

/** A service as a component, with every fact that the files tell. */
export function componentOf(service: Service, surroundings: Surroundings): Component {
  const { name, node } = service
  const { passesTokens: _passed, ...habits } = surroundings.told(service)
  return {
    id: name,
    ...identity(service),
    ...runningOf(service, surroundings.hosts),
    ...startsAfter(service),
    ...openings(node),
    ...surroundings.segments(service),
    hardening: hardeningOf(node),
    ...secretsOf(service),
    ...volumes(node),
    ...habits,
    ...owner(service),
    evidence: node.place(),
  }
}

/** What a service is, from its image, its name and its ports. */
export function technologyIn({ name, node }: Service): ReturnType<typeof technologyOf> {
  return technologyOf({ image: textOf(node.entries.get('image')), name, ports: innerPorts(node) })
}

function identity(service: Service): Pick<Component, 'kind' | 'technology' | 'image'> {
  const { node } = service
  const image = node.entries.get('image')
  const reference = textOf(image)
  const technology = technologyIn(service)
  const source = image ?? node
  return {
    kind: inferredAt(technology?.kind ?? 'service', source),
    ...(technology === undefined ? {} : { technology: inferredAt(technology.technology, source) }),
    ...(image === undefined || reference === undefined ? {} : { image: factAt(reference, image) }),
  }
}

/** The ports are all in the file: a service without any publishes none. */
function openings(node: MapNode): Pick<Component, 'published' | 'ports'> {
  const ports = node.entries.get('ports')
  const inner = innerPorts(node)
  const source = ports ?? node.entries.get('expose')
  return {
    published: ports === undefined ? inferredAt([], node) : factAt(publishedPorts(node), ports),
    ...(inner.length === 0 || source === undefined ? {} : { ports: factAt(inner, source) }),
  }
}

type Secrets = Pick<Component, 'plainSecrets' | 'secrets'>

function secretsOf({ node, settings }: Service): Secrets {
  const plain = settings.filter(({ name, written }) => plainSecretIn(name, written))
  const command = node.entries.get('command')
  const inCommand = command !== undefined && plainSecretIn('command', commandOf(command))
  const [first] = plain
  const evidence = first?.place() ?? command?.place() ?? node.place()
  const names = [...plain.map(({ name }) => name), ...(inCommand ? ['command'] : [])]
  const given = node.entries.get('secrets')
  return {
    ...(names.length === 0 ? {} : { plainSecrets: { value: names.toSorted(), evidence } }),
    ...(given === undefined ? {} : { secrets: factAt(secretNames(given), given) }),
  }
}

function secretNames(node: Node): readonly string[] {
  return itemsOf(node).flatMap((item) => textOf(item) ?? textOf(member(item, 'source')) ?? [])
}

function volumes(node: MapNode): Pick<Component, 'volumes'> {
  const value = volumesOf(node)
  const source = node.entries.get('volumes') ?? node.entries.get('tmpfs')
  if (source === undefined) return node.entries.has('volumes_from') ? {} : { volumes: inferredAt([], node) }
  return { volumes: factAt(value, source) }
}

/** `depends_on`, but for what is only started a moment earlier: Compose waits for those that have to be healthy or done. */
function startsAfter({ node }: Service): Pick<Component, 'startsAfter'> {
  const order = node.entries.get('depends_on')
  const names = entriesOf(order).flatMap(([name, entry]) =>
    waits.test(textOf(member(entry, 'condition')) ?? '') ? [name] : [],
  )
  return order === undefined || names.length === 0 ? {} : { startsAfter: factAt(names.toSorted(), order) }
}

const waits = /^service_(?:healthy|completed_successfully)$/

const ownerLabel = /(?:^|[./-])(?:owner|team|maintainer)$/i

function owner({ labels }: Service): { readonly owner?: Fact<string> } {
  const label = labels.find(({ name, text }) => ownerLabel.test(name) && text.trim() !== '')
  return label === undefined ? {} : { owner: { value: label.text.trim(), evidence: label.place() } }
}
