import { mergeMaps } from './merge.ts'
import { entriesOf, member, textOf, type MapNode, type Node } from './node.ts'
import type { Loading } from './project.ts'

const longestChain = 50

/** Where a service is looked for: the services of a file, and the file's name. */
interface Scope {
  readonly file: string
  readonly services: Node | undefined
}

/** All services with what they extend merged underneath. A cycle is told, and its bases are not taken over. */
export function extendServices(services: Node | undefined, loading: Loading): ReadonlyMap<string, MapNode> {
  const files = new Map<string, Node | undefined>()
  const scope = { file: '', services }
  const extended = new Map<string, MapNode>()
  for (const [name, node] of entriesOf(services)) {
    if (node.type === 'map')
      extended.set(name, extendService(name, node, { scope, chain: [], files, loading }))
    else if (node.type === 'text' && node.isNull)
      extended.set(name, { type: 'map', entries: new Map(), place: node.place })
    else loading.note(`services.${name} is a ${node.type}, and has to be a map; it is not used`, node.place())
  }
  return extended
}

interface Search {
  readonly scope: Scope
  /** The services that led here, as `file#service`. */
  readonly chain: readonly string[]
  readonly files: Map<string, Node | undefined>
  readonly loading: Loading
}

function extendService(name: string, service: MapNode, search: Search): MapNode {
  const { scope, chain, loading } = search
  const request = service.entries.get('extends')
  if (request === undefined) return service
  const own = withoutExtends(service)
  const baseName = textOf(request) ?? textOf(member(request, 'service'))
  if (baseName === undefined) {
    loading.note(`services.${name}.extends names no service`, request.place())
    return own
  }
  const target = scopeOf(request, search)
  if (target === undefined) return own
  const here = `${scope.file}#${name}`
  const next = `${target.file}#${baseName}`
  const visited = [...chain, here]
  if (visited.includes(next) || visited.length > longestChain) {
    const way = [...visited, next].slice(0, 6).map((step) => step.replace(/^#/, ''))
    loading.note(
      `${way.join(' extends ')}: a service cannot extend itself; nothing is taken over`,
      request.place(),
    )
    return own
  }
  const base = member(target.services, baseName)
  if (base?.type !== 'map') {
    loading.note(`services.${name} extends ${baseName}, which is not there`, request.place())
    return own
  }
  return mergeMaps(
    extendService(baseName, base, { ...search, scope: target, chain: visited }),
    own,
    loading.budget,
  )
}

function withoutExtends(service: MapNode): MapNode {
  const entries = new Map(service.entries)
  entries.delete('extends')
  return { ...service, entries }
}

/** The file that is extended from; undefined where it may not be read, which is noted. */
function scopeOf(request: Node, { scope, files, loading }: Search): Scope | undefined {
  const path = textOf(member(request, 'file'))
  if (path === undefined) return scope
  const file = loading.load(path, request.place())
  if (file === undefined) return undefined
  if (!files.has(file.name)) {
    const [document] = loading.documents(file)
    files.set(file.name, document === undefined ? undefined : member(loading.tree(document), 'services'))
  }
  return { file: file.name, services: files.get(file.name) }
}
