import type { Evidence } from '../../model.ts'
import { listOf, normalised } from './merge.ts'
import { entriesOf, itemsOf, member, textOf, type MapNode, type Node } from './node.ts'
import { variablesIn, type Loading, type Project } from './project.ts'
import { shapeProblem } from './shape.ts'

/** One service that runs, with what the other parts ask of it. */
export interface Service {
  readonly name: string
  readonly node: MapNode
  readonly settings: readonly Setting[]
  readonly labels: readonly Setting[]
}

/** A name with a value: a variable of the environment, or a label. */
interface Setting {
  readonly name: string
  readonly text: string
  /** Before interpolation. */
  readonly written: string
  readonly place: () => Evidence
}

/** Services whose profile is on, checked: what has the wrong type is noted and taken out. */
export function servicesOf(project: Project, loading: Loading): readonly Service[] {
  const { profiles } = loading.context
  const services: Service[] = []
  for (const [name, whole] of project.services) {
    const wanted = listOf(whole.entries.get('profiles'), 'profiles').flatMap((item) => textOf(item) ?? [])
    if (
      wanted.length > 0 &&
      !wanted.some((profile) => profiles.includes(profile)) &&
      !profiles.includes('*')
    ) {
      const message = `${name} is off: none of its profiles (${wanted.join(', ')}) is asked for`
      loading.note(message, whole.place())
      continue
    }
    const node = checked(name, whole, loading)
    services.push({ name, node, settings: settingsOf(node, loading), labels: labelsOf(node) })
  }
  return services
}

function checked(name: string, service: MapNode, loading: Loading): MapNode {
  return { ...service, entries: checkedEntries(service, { path: '', field: `services.${name}`, loading }) }
}

interface Check {
  /** Of the member in the service, such as `deploy`. */
  readonly path: string
  readonly field: string
  readonly loading: Loading
}

function checkedEntries(map: MapNode, { path, field, loading }: Check): ReadonlyMap<string, Node> {
  const kept = new Map<string, Node>()
  for (const [key, node] of map.entries) {
    const inner = path === '' ? key : `${path}/${key}`
    const problem = shapeProblem(inner, node)
    if (problem === 'unknown') {
      loading.note(`a service of Compose has no ${key}; it is not used`, node.place(), `member ${key}`)
    } else if (problem !== undefined) {
      loading.note(`${field}.${key} ${problem}; it is not used`, node.place())
    } else if (node.type === 'map' && (key === 'deploy' || key === 'healthcheck')) {
      kept.set(key, {
        ...node,
        entries: checkedEntries(node, { path: key, field: `${field}.${key}`, loading }),
      })
    } else {
      kept.set(key, node)
    }
  }
  return kept
}

/** The environment; what is written at the service goes before what its files say. */
function settingsOf(service: MapNode, loading: Loading): readonly Setting[] {
  const settings = new Map<string, Setting>()
  for (const item of listOf(service.entries.get('env_file'), 'env_file'))
    for (const setting of fileSettings(item, loading)) settings.set(setting.name, setting)
  for (const setting of pairsOf(service.entries.get('environment'), 'environment', loading))
    settings.set(setting.name, setting)
  return [...settings.values()]
}

function fileSettings(item: Node, loading: Loading): readonly Setting[] {
  const path = textOf(item) ?? textOf(member(item, 'path'))
  if (path === undefined) return []
  const file = loading.load(path, item.place())
  if (file === undefined) return []
  const lines = file.text.split('\n')
  const lineOf = new Map(
    lines.map((line, index) => [/^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line)?.[1], index + 1]),
  )
  const values = variablesIn(file.text)
  return Object.entries(values).map(([name, written]) => {
    const place = () => ({ file: file.name, line: lineOf.get(name), field: name })
    return { name, written, text: loading.substitute(written, place, values), place }
  })
}

function pairsOf(node: Node | undefined, key: string, loading?: Loading): readonly Setting[] {
  if (node === undefined) return []
  return entriesOf(normalised(node, key)).flatMap(([name, value]) => {
    if (value.type !== 'text') return []
    // A name alone passes the value of the environment on.
    const text = value.isNull ? (loading?.value(name) ?? '') : value.text
    return [{ name, text, written: value.written, place: value.place }]
  })
}

function labelsOf(service: MapNode): readonly Setting[] {
  return [
    ...pairsOf(service.entries.get('labels'), 'labels'),
    ...pairsOf(member(service, 'deploy', 'labels'), 'labels'),
  ]
}

/** The words of a command one by one; those of a text are split at spaces, quotes taken away. */
export function wordsOf(node: Node): readonly string[] {
  if (node.type !== 'text') return itemsOf(node).flatMap((item) => (item.type === 'text' ? [item.text] : []))
  return [...node.text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  )
}

/** The words of a command, whichever form it has. */
export function commandOf(node: Node | undefined): string {
  if (node?.type === 'text') return node.text
  return itemsOf(node)
    .flatMap((item) => (item.type === 'text' ? [item.text] : []))
    .join(' ')
}
