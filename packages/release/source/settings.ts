import { dirname } from 'node:path'
import type { Place } from '@plimsoll/base'
import type { ESTree } from 'rolldown/utils'
import { exportedValue, valueOf, type Value } from './binding.ts'
import { membersOf } from './literal.ts'
import { openSources, type SourceModule, type Sources } from './sources.ts'

/**
 * Where each setting of a configuration stands: `services.pricing`, `services.pricing.replicas`, `waivers.0.expires`.
 * As far as its export `architecture` is in plain shape, an object literal or a function of one; never an error.
 * @param options `path`: absolute; `file`: the configuration's name as people know it.
 */
export function settingsPlaces({
  path,
  file,
}: {
  readonly path: string
  readonly file: string
}): Record<string, Place> {
  const sources = openSources(dirname(path))
  const architecture = exportedValue(sources, path, 'architecture')
  const places: Record<string, Place> = {}
  const note = (field: string, module: SourceModule, node: ESTree.Node): void => {
    const place = module.place(node.start)
    places[field] = module.path === path ? { ...place, file } : place
  }
  const settings = architecture && settingsOf(architecture)
  if (settings !== undefined) noteMembers(sources, settings, '', note)
  return places
}

/** The argument of `defineArchitecture({ … })`, or the literal itself. */
function settingsOf({ module, expression }: Value): Value | undefined {
  if (expression.type !== 'CallExpression') return { module, expression }
  const [settings] = expression.arguments
  return settings === undefined || settings.type === 'SpreadElement'
    ? undefined
    : { module, expression: settings }
}

type Note = (field: string, module: SourceModule, node: ESTree.Node) => void

function noteMembers(sources: Sources, value: Value, field: string, note: Note): void {
  const plain = valueOf(sources, value)
  if (plain === undefined) return
  const { module, expression } = plain
  const enter = (name: string, node: ESTree.Node, inner: ESTree.Expression): void => {
    const path = field === '' ? name : `${field}.${name}`
    note(path, module, node)
    noteMembers(sources, { module, expression: inner }, path, note)
  }
  if (expression.type === 'ObjectExpression') {
    for (const { name, property } of membersOf(expression).values()) enter(name, property, property.value)
  } else if (expression.type === 'ArrayExpression') {
    for (const [index, element] of expression.elements.entries()) {
      if (element === null || element.type === 'SpreadElement') return
      enter(String(index), element, element)
    }
  }
}
