import type { Place } from '@plimsoll/base'
import type { SourceDocument } from '../document.ts'
import { isObject } from '../field.ts'

/** A value with the place of every part, so that what a patch brings keeps where it was written. */
type Tree = MapTree | ListTree | LeafTree

interface Placed {
  readonly place: () => Place
}
interface MapTree extends Placed {
  readonly kind: 'map'
  readonly members: ReadonlyMap<string, Tree>
}
interface ListTree extends Placed {
  readonly kind: 'list'
  readonly items: readonly Tree[]
}
interface LeafTree extends Placed {
  readonly kind: 'leaf'
  readonly value: unknown
}

/** Where the value of a patch stands; a patch that is written inside of a kustomization has one place. */
type Places = (path: readonly (string | number)[]) => Place

/** One operation of RFC 6902. `test`, `move` and `copy` are not applied. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: readonly string[]
  readonly value: unknown
}

const mostOperations = 500

/** The document with a strategic merge patch over it (Kubernetes, "Update API Objects in Place Using kubectl patch"). */
export function withMergePatch(document: SourceDocument, patch: unknown, places: Places): SourceDocument {
  const merged = merge(
    treeOf(document.value, (path) => document.place(path), []),
    treeOf(patch, places, []),
    '',
  )
  return merged === undefined ? { ...document, value: undefined } : documentOf(document, merged)
}

/** The document with the operations of a JSON patch (RFC 6902) done in it, those that lead nowhere left out. */
export function withOperations(
  document: SourceDocument,
  operations: readonly Operation[],
  places: Places,
): SourceDocument {
  const tree = operations.slice(0, mostOperations).reduce<Tree>(
    (whole, operation, index) => done(whole, operation, treeOf(operation.value, places, [index, 'value'])),
    treeOf(document.value, (path) => document.place(path), []),
  )
  return documentOf(document, tree)
}

/** The operations in a value that is a list of them; undefined for another value. */
export function operationsOf(value: unknown): readonly Operation[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.flatMap((item: unknown) => {
    if (!isObject(item)) return []
    const { op, path } = item
    if ((op !== 'add' && op !== 'replace' && op !== 'remove') || typeof path !== 'string') return []
    const steps = path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    return [{ op, path: steps, value: item['value'] }]
  })
}

function treeOf(value: unknown, places: Places, path: readonly (string | number)[]): Tree {
  const place = () => places(path)
  if (Array.isArray(value))
    return { kind: 'list', place, items: value.map((item, index) => treeOf(item, places, [...path, index])) }
  if (!isObject(value)) return { kind: 'leaf', place, value }
  const members = Object.entries(value).map(
    ([key, member]) => [key, treeOf(member, places, [...path, key])] as const,
  )
  return { kind: 'map', place, members: new Map(members) }
}

function documentOf(document: SourceDocument, tree: Tree): SourceDocument {
  return {
    ...document,
    value: valueOf(tree),
    place: (path) => {
      let at: Tree | undefined = tree
      let nearest: Tree = tree
      for (const step of path) {
        at =
          at.kind === 'map'
            ? at.members.get(String(step))
            : at.kind === 'list'
              ? at.items[Number(step)]
              : undefined
        if (at === undefined) break
        nearest = at
      }
      const { field: _field, ...place } = nearest.place()
      return path.length === 0 ? place : { ...place, field: path.join('.') }
    },
  }
}

function valueOf(tree: Tree): unknown {
  if (tree.kind === 'leaf') return tree.value
  if (tree.kind === 'list') return tree.items.map(valueOf)
  return Object.fromEntries([...tree.members].map(([key, member]) => [key, valueOf(member)]))
}

/** Undefined: the patch takes it away. */
function merge(base: Tree | undefined, patch: Tree, key: string): Tree | undefined {
  if (patch.kind === 'leaf') return patch.value === null ? undefined : patch
  if (patch.kind === 'list')
    return base?.kind === 'list' ? { ...patch, items: mergedItems(base.items, patch.items, key) } : patch
  return mergeMaps(base, patch)
}

function mergeMaps(base: Tree | undefined, patch: MapTree): Tree | undefined {
  const directive = textAt(patch, '$patch')
  if (directive === 'delete') return undefined
  const members = new Map(base?.kind === 'map' && directive !== 'replace' ? base.members : [])
  for (const [name, member] of patch.members) {
    if (name.startsWith('$')) continue
    const merged = merge(members.get(name), member, name)
    if (merged === undefined) members.delete(name)
    else members.set(name, merged)
  }
  return { kind: 'map', members, place: base?.place ?? patch.place }
}

/** Lists of objects that Kubernetes merges, by the member that tells their items apart; others are replaced. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
}

function mergedItems(base: readonly Tree[], patch: readonly Tree[], key: string): readonly Tree[] {
  const keys = Object.hasOwn(mergeKeys, key) ? (mergeKeys[key] ?? []) : []
  const nameOf = (item: Tree): string | undefined =>
    keys.map((member) => textAt(item, member)).find((text) => text !== undefined)
  if (keys.length === 0 || patch.some((item) => textAt(item, '$patch') === 'replace'))
    return patch.filter((item) => textAt(item, '$patch') !== 'replace')
  const items = new Map<unknown, Tree>(base.map((item) => [nameOf(item) ?? item, item]))
  for (const item of patch) {
    const name = nameOf(item)
    const merged = merge(items.get(name), item, '')
    if (merged === undefined) items.delete(name)
    else items.set(name ?? item, merged)
  }
  return [...items.values()]
}

function textAt(tree: Tree, key: string): string | undefined {
  const member = tree.kind === 'map' ? tree.members.get(key) : undefined
  const value = member?.kind === 'leaf' ? member.value : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** The tree after one operation; the same where its path leads nowhere. */
function done(tree: Tree, { op, path }: Operation, value: Tree): Tree {
  const [step, ...rest] = path
  if (step === undefined) return op === 'remove' ? tree : value
  if (tree.kind === 'leaf') return tree
  if (rest.length === 0)
    return tree.kind === 'map' ? doneInMap(tree, op, step, value) : doneInList(tree, op, step, value)
  const child = tree.kind === 'map' ? tree.members.get(step) : tree.items[Number(step)]
  if (child === undefined) return tree
  const changed = done(child, { op, path: rest, value: undefined }, value)
  return tree.kind === 'map'
    ? { ...tree, members: new Map(tree.members).set(step, changed) }
    : { ...tree, items: tree.items.with(Number(step), changed) }
}

function doneInMap(tree: MapTree, op: Operation['op'], step: string, value: Tree): Tree {
  const members = new Map(tree.members)
  if (op === 'remove') members.delete(step)
  else members.set(step, value)
  return { ...tree, members }
}

function doneInList(tree: ListTree, op: Operation['op'], step: string, value: Tree): Tree {
  const at = step === '-' ? tree.items.length : Number(step)
  const child = tree.items[at]
  if (!Number.isInteger(at) || at < 0 || at > tree.items.length) return tree
  if (op === 'add') return { ...tree, items: tree.items.toSpliced(at, 0, value) }
  if (child === undefined) return tree
  return { ...tree, items: op === 'remove' ? tree.items.toSpliced(at, 1) : tree.items.with(at, value) }
}
