import type { PublishedPort } from '../../model.ts'
import { itemsOf, textOf, textsOf, type MapNode, type Node } from './node.ts'

/** One entry of `ports`. */
interface PortEntry {
  /** Inside; perhaps a range. */
  readonly target: string
  /** On the host; absent where the engine chooses one. */
  readonly published?: string | undefined
  readonly address?: string | undefined
  readonly protocol?: string | undefined
}

/** Short: `[[address:]published:]target[/protocol]`, with ranges, and addresses of IPv6 in brackets. */
const short = /^(?:(?:(\[[^\]]+\]|[\d.]+|localhost):)?([\d-]*):)?(\d+(?:-\d+)?)(?:\/(\w+))?$/

function portEntry(item: Node): PortEntry | undefined {
  if (item.type === 'map') {
    const target = textOf(item.entries.get('target'))
    if (target === undefined) return undefined
    return {
      target,
      published: textOf(item.entries.get('published')),
      address: textOf(item.entries.get('host_ip')),
      protocol: textOf(item.entries.get('protocol')),
    }
  }
  const [, address, published, target, protocol] = short.exec(textOf(item) ?? '') ?? []
  if (target === undefined) return undefined
  const host = address?.replace(/^\[|\]$/g, '')
  return { target, published: published === '' ? undefined : published, address: host, protocol }
}

/** Entries of `ports` that cannot be understood. */
export function brokenPorts(service: MapNode): readonly Node[] {
  return itemsOf(service.entries.get('ports')).filter(
    (item) => portEntry(item) === undefined && !(item.type === 'text' && item.text.trim() === ''),
  )
}

/** What can be reached from outside. Where the engine chooses the port, the one inside stands for it. */
export function publishedPorts(service: MapNode): readonly PublishedPort[] {
  return itemsOf(service.entries.get('ports')).flatMap((item) => {
    const entry = portEntry(item)
    if (entry === undefined) return []
    const { target, published = target, address, protocol } = entry
    const port = withProtocol(published, protocol)
    return [address === undefined || address === '0.0.0.0' || address === '::' ? { port } : { port, address }]
  })
}

/** Ports inside, each once. */
export function innerPorts(service: MapNode): readonly string[] {
  const published = itemsOf(service.entries.get('ports')).flatMap((item) => {
    const entry = portEntry(item)
    return entry === undefined ? [] : [withProtocol(entry.target, entry.protocol)]
  })
  const exposed = textsOf(service.entries.get('expose')).map((port) => port.replace(/\/tcp$/, ''))
  return [...new Set([...published, ...exposed])]
}

function withProtocol(port: string, protocol: string | undefined): string {
  return protocol === undefined || protocol === 'tcp' ? port : `${port}/${protocol}`
}
