import { posix } from 'node:path'
import type { Evidence } from '../../model.ts'
import { configurationLines, mayCallOutside, type ConfigurationLine } from '../configuration-lines.ts'
import type { SourceFile } from '../reader.ts'
import { mountOf, type Mount } from './mounts.ts'
import { itemsOf, member, textOf, type MapNode, type Node } from './node.ts'
import type { Loading, Project } from './project.ts'

/** A line of a configuration. */
export interface ConfigurationText extends Pick<ConfigurationLine, 'name' | 'text'> {
  /** Addresses outside count too. */
  readonly outside: boolean
  readonly place: () => Evidence
}

const readable =
  /\.(?:conf|cfg|cnf|ini|ya?ml|json|toml|properties|env|config|template|tmpl|hcl|vcl|river|alloy)$|Caddyfile$/i
/** What tells of looks and tests, not of calls. */
const noConfiguration = /dashboard|(?:^|\/)(?:package(?:-lock)?|tsconfig|composer)\.json$/i
/** Files of one mounted folder. */
const mostFiles = 50

/** Lines of the configuration that a service is given: its `configs`, and files beside the Compose file that are mounted into it. */
export function configurationTexts(
  service: MapNode,
  project: Project,
  loading: Loading,
): readonly ConfigurationText[] {
  return [...givenConfigs(service, project, loading), ...mountedFiles(service, loading)]
}

function givenConfigs(service: MapNode, project: Project, loading: Loading): readonly ConfigurationText[] {
  return itemsOf(service.entries.get('configs')).flatMap((item) => {
    const config = member(project.configs, textOf(item) ?? textOf(member(item, 'source')) ?? '')
    const content = member(config, 'content')
    if (content?.type === 'text') return linesOf(content.text, () => content.place())
    const file = member(config, 'file')
    const path = textOf(file)
    const source = file === undefined || path === undefined ? undefined : loading.load(path, file.place())
    return source === undefined ? [] : linesOfFile(source)
  })
}

function mountedFiles(service: MapNode, loading: Loading): readonly ConfigurationText[] {
  return itemsOf(service.entries.get('volumes')).flatMap((item) => {
    const mount = mountOf(item)
    if (!isBeside(mount)) return []
    return filesAt(mount, item, loading).flatMap(linesOfFile)
  })
}

function isBeside({ kind, source }: Mount): boolean {
  return kind === 'host' && source !== undefined && /^\.{1,2}(?:\/|$)/.test(source)
}

/** The file, or the configuration among the files of the folder. */
function filesAt({ source = '' }: Mount, item: Node, { context }: Loading): readonly SourceFile[] {
  const from = item.place().file ?? ''
  if (readable.test(source)) {
    const file = context.load(source, from)
    if (file !== undefined) return [file]
  }
  return context
    .list(source, from)
    .filter((path) => readable.test(path) && !noConfiguration.test(path) && !/compose[^/]*$/i.test(path))
    .slice(0, mostFiles)
    .flatMap((path) => context.load(posix.join(source, path), from) ?? [])
}

function linesOfFile({ name: file, text }: SourceFile): readonly ConfigurationText[] {
  return linesOf(text, ({ line }) => ({ file, line }))
}

function linesOf(text: string, place: (line: ConfigurationLine) => Evidence): readonly ConfigurationText[] {
  return configurationLines(text).map((line) => ({
    name: line.name,
    text: line.text,
    outside: mayCallOutside(line),
    place: () => place(line),
  }))
}
