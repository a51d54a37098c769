import { parseDocuments, type SourceDocument } from '../document.ts'
import { Field, type Notes } from '../field.ts'
import type { ReaderContext } from '../reader.ts'
import { dataClasses } from './vocabulary.ts'

/** The parts of a Threagile model, with those of the files that it includes. */
export interface ThreagileModel {
  /** By id. */
  readonly assets: ReadonlyMap<string, Field>
  readonly boundaries: ReadonlyMap<string, Field>
  /** Boundary that an asset lies in: the innermost. */
  readonly boundaryOf: ReadonlyMap<string, string>
  readonly runtimes: ReadonlyMap<string, Field>
  /** Data class of a data asset. */
  readonly classOf: ReadonlyMap<string, string>
}

const mostIncludes = 100

export function modelOf(document: SourceDocument, notes: Notes, context: ReaderContext): ThreagileModel {
  const roots = withIncludes(Field.rootOf(document, notes), context)
  const boundaries = byId(roots, 'trust_boundaries')
  return {
    assets: byId(roots, 'technical_assets'),
    boundaries,
    boundaryOf: insideOf(boundaries),
    runtimes: byId(roots, 'shared_runtimes'),
    classOf: classesOf(byId(roots, 'data_assets')),
  }
}

/** Included files (`includes`), each once, whatever includes what. */
function withIncludes(root: Field, context: ReaderContext): readonly Field[] {
  const roots = [root]
  const loaded = new Set<string>()
  for (let at = 0; at < roots.length && roots.length < mostIncludes; at += 1) {
    for (const include of roots[at]?.at('includes').items() ?? []) {
      const source = context.load(include.text() ?? '', include.file)
      if (source !== undefined && loaded.has(source.name)) continue
      const [document] = source === undefined ? [] : parseDocuments(source).documents
      if (source === undefined || document === undefined) {
        include.note('this file is not there, or cannot be read')
        continue
      }
      loaded.add(source.name)
      roots.push(root.in(document))
    }
  }
  return roots
}

/** The members of one section, by their `id`; by their title where they have none. */
function byId(roots: readonly Field[], section: string): ReadonlyMap<string, Field> {
  const found = new Map<string, Field>()
  for (const [title, field] of roots.flatMap((root) => root.at(section).members())) {
    const id = field.at('id').word() ?? title
    if (found.has(id)) field.note(`${JSON.stringify(id)} stands here a second time; it is not used`)
    else found.set(id, field)
  }
  return found
}

function insideOf(boundaries: ReadonlyMap<string, Field>): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [id, boundary] of boundaries) {
    for (const asset of boundary.at('technical_assets_inside').items()) {
      const name = asset.word()
      if (name === undefined) continue
      if (found.has(name))
        asset.note(`${JSON.stringify(name)} lies in another boundary, too; this is not used`)
      else found.set(name, id)
    }
  }
  return found
}

function classesOf(assets: ReadonlyMap<string, Field>): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [id, asset] of assets) {
    const confidentiality = asset.at('confidentiality')
    const name = confidentiality.text()
    const known = name === undefined ? undefined : dataClasses.get(name)
    if (known !== undefined) found.set(id, known)
    else if (name !== undefined) confidentiality.note('no such confidentiality; it is not used')
  }
  return found
}
