import type { Volume } from '../../model.ts'
import { listOf, splitMount } from './merge.ts'
import { itemsOf, member, textOf, type MapNode, type Node } from './node.ts'

/** Something that is mounted into a service. */
export interface Mount {
  readonly kind: Volume['kind']
  /** Name of a volume, or path of the host. */
  readonly source: string | undefined
  readonly target: string
}

/** One entry of `volumes`, in its short or long form. */
export function mountOf(item: Node): Mount {
  if (item.type === 'map') return longMount(item)
  const [first = '', second] = splitMount(textOf(item) ?? '')
  if (second === undefined) return { kind: 'ephemeral', source: undefined, target: first }
  return { kind: isPath(first) ? 'host' : 'persistent', source: first, target: second }
}

function longMount(item: MapNode): Mount {
  const type = textOf(member(item, 'type'))
  const source = textOf(member(item, 'source')) ?? textOf(member(item, 'src'))
  const target = textOf(member(item, 'target')) ?? textOf(member(item, 'dst')) ?? ''
  if (type === 'tmpfs' || (type === 'volume' && source === undefined))
    return { kind: 'ephemeral', source, target }
  const isHost = type === 'bind' || type === 'npipe' || (type === undefined && isPath(source ?? ''))
  return { kind: isHost ? 'host' : 'persistent', source, target }
}

function isPath(text: string): boolean {
  return /^(?:[./~\\]|[A-Za-z]:[\\/])/.test(text)
}

/** The socket of a container engine: who has it commands the host. */
export function isEngineSocket({ source = '', target }: Mount): boolean {
  return [source, target].some(
    (path) =>
      /(?:docker|containerd|podman|crio|docker_engine)(?:\.sock)?$/i.test(path) &&
      /\.sock$|npipe|pipe/i.test(path),
  )
}

function mountsOf(service: MapNode): readonly Mount[] {
  return itemsOf(service.entries.get('volumes')).map(mountOf)
}

/** Where the data of a service lies: named volumes, folders of the host, memory. */
export function volumesOf(service: MapNode): readonly Volume[] {
  const memory = listOf(service.entries.get('tmpfs'), 'tmpfs').flatMap(
    (item) => textOf(item)?.split(':')[0] ?? [],
  )
  return [
    ...mountsOf(service)
      .filter((mount) => !isEngineSocket(mount))
      .map(({ kind, source, target }) => ({ name: source ?? target, kind })),
    ...memory.map((name) => ({ name, kind: 'ephemeral' as const })),
  ]
}
