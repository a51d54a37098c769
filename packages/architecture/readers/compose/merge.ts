import { itemsOf, textOf, type Budget, type ListNode, type MapNode, type Node } from './node.ts'

/** Lists that a later file replaces; all others are appended to. */
const replaced = new Set(['command', 'entrypoint', 'test'])
/** Written as a list or as a map; merged as a map. */
const keyed = new Set([
  'environment',
  'labels',
  'annotations',
  'args',
  'sysctls',
  'extra_hosts',
  'depends_on',
  'networks',
  'additional_contexts',
  'driver_opts',
])
/** A text stands for a list of one. */
const listed = new Set(['env_file', 'tmpfs', 'dns', 'dns_search', 'dns_opt', 'profiles'])
/** What makes two entries of a list the same, so that the later one wins. */
const identities: Readonly<Record<string, (item: Node) => string | undefined>> = {
  volumes: (item) => mountTarget(item),
  devices: (item) => mountTarget(item),
  secrets: (item) => referenceOf(item),
  configs: (item) => referenceOf(item),
  ports: (item) => portIdentity(item),
}

/** A later value over an earlier one, by the merge rules of the Compose specification. `key` is the member that both are. */
function mergeNodes(base: Node, override: Node, key: string, budget: Budget): Node {
  budget.spend(1)
  if (override.tag === 'reset' || override.tag === 'override' || replaced.has(key)) return override
  const [earlier, later] = [normalised(base, key), normalised(override, key)]
  if (earlier.type === 'map' && later.type === 'map') return mergeMaps(earlier, later, budget)
  if (earlier.type === 'list' && later.type === 'list') return mergeLists(earlier, later, key, budget)
  return later.type === 'text' && later.isNull && earlier.type !== 'text' ? earlier : later
}

/** Each member by its own rule; what only one of the two has is kept. */
export function mergeMaps(base: MapNode, override: MapNode, budget: Budget): MapNode {
  budget.spend(base.entries.size)
  const entries = new Map(base.entries)
  for (const [key, node] of override.entries) {
    const earlier = entries.get(key)
    if (node.tag === 'reset') entries.delete(key)
    else entries.set(key, earlier === undefined ? node : mergeNodes(earlier, node, key, budget))
  }
  return { ...base, entries }
}

function mergeLists(base: ListNode, override: ListNode, key: string, budget: Budget): ListNode {
  budget.spend(base.items.length + override.items.length)
  const identify = identities[key] ?? ((item: Node) => textOf(item))
  const items = new Map<unknown, Node>()
  for (const item of [...base.items, ...override.items]) items.set(identify(item) ?? item, item)
  return { ...base, items: [...items.values()] }
}

/** Members that may be written in several forms, in the one that can be merged. */
export function normalised(node: Node, key: string): Node {
  if (keyed.has(key) && node.type === 'list') return mapOfList(node)
  if (listed.has(key) && node.type === 'text' && !node.isNull) return { ...node, type: 'list', items: [node] }
  return node
}

/** `NAME=value` or `NAME`; extra hosts and the like with a colon. */
function mapOfList(list: ListNode): MapNode {
  const entries = list.items.flatMap((item): (readonly [string, Node])[] => {
    if (item.type !== 'text') return []
    const end = item.text.indexOf('=')
    const key = end === -1 ? item.text : item.text.slice(0, end)
    const written = end === -1 ? '' : item.written.slice(item.written.indexOf('=') + 1)
    const text = end === -1 ? '' : item.text.slice(end + 1)
    return [[key.trim(), { ...item, text, written, isNull: end === -1 }]]
  })
  return { ...list, type: 'map', entries: new Map(entries) }
}

function mountTarget(item: Node): string | undefined {
  if (item.type === 'map') return textOf(item.entries.get('target'))
  const [source, target] = splitMount(textOf(item) ?? '')
  return target ?? source
}

/** `source:target:options`; the colon of a Windows drive separates nothing. */
export function splitMount(text: string): readonly string[] {
  const parts = text.split(':')
  const joined: string[] = []
  for (const part of parts) {
    const drive = joined.at(-1)
    if (drive !== undefined && /^[A-Za-z]$/.test(drive) && /^[\\/]/.test(part)) {
      joined[joined.length - 1] = `${drive}:${part}`
    } else {
      joined.push(part)
    }
  }
  return joined
}

function referenceOf(item: Node): string | undefined {
  return item.type === 'map' ? textOf(item.entries.get('source')) : textOf(item)
}

function portIdentity(item: Node): string | undefined {
  if (item.type !== 'map') return textOf(item)
  return ['host_ip', 'target', 'published', 'protocol']
    .map((key) => textOf(item.entries.get(key)) ?? '')
    .join(' ')
}

/** The texts of `tmpfs`, `profiles` and the like, whichever form they have. */
export function listOf(node: Node | undefined, key: string): readonly Node[] {
  return node === undefined ? [] : itemsOf(normalised(node, key))
}
