import type { Evidence } from '../../model.ts'
import { mountOf } from './mounts.ts'
import { itemsOf, member, textOf, type MapNode } from './node.ts'
import type { Loading, Project } from './project.ts'

/** A line of a configuration. */
export interface ConfigurationText {
  readonly text: string
  readonly place: () => Evidence
}

const readable =
  /\.(?:conf|cfg|cnf|ini|ya?ml|json|toml|properties|env|config|template|tmpl|hcl|vcl|river|alloy)$|Caddyfile$/i
const comment = /^\s*(?:#|\/\/|;|--)/
const mostLines = 10_000

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
    if (content?.type === 'text')
      return linesOf(content.text).map(({ text }) => ({ text, place: content.place }))
    const file = member(config, 'file')
    const path = textOf(file)
    return file === undefined || path === undefined ? [] : linesOfFile(path, file.place(), loading)
  })
}

function mountedFiles(service: MapNode, loading: Loading): readonly ConfigurationText[] {
  return itemsOf(service.entries.get('volumes')).flatMap((item) => {
    const { kind, source } = mountOf(item)
    if (kind !== 'host' || source === undefined || !/^\.{1,2}\//.test(source) || !readable.test(source))
      return []
    return linesOfFile(source, item.place(), loading, true)
  })
}

function linesOfFile(
  path: string,
  from: Evidence,
  loading: Loading,
  silent = false,
): readonly ConfigurationText[] {
  const file = silent ? loading.context.load(path, from.file ?? '') : loading.load(path, from)
  if (file === undefined) return []
  return linesOf(file.text).map(({ text, line }) => ({ text, place: () => ({ file: file.name, line }) }))
}

function linesOf(text: string): readonly { readonly text: string; readonly line: number }[] {
  return text
    .split('\n')
    .slice(0, mostLines)
    .map((line, index) => ({ text: line, line: index + 1 }))
    .filter((line) => line.text.trim() !== '' && !comment.test(line.text))
}
