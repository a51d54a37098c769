import type { SourceFile } from '@plimsoll/architecture'
import { isMap, isPair, isSeq, parseAllDocuments, visit, type Document } from 'yaml'

/** The same files, written otherwise: what they say does not change. */
export function* rewritings(
  files: readonly SourceFile[],
): Iterable<readonly [edit: string, files: readonly SourceFile[]]> {
  if (isSet(files)) yield ['files in another order', files.toReversed()]
  for (const seed of [1, 2, 3])
    yield [`keys in another order (${seed})`, each(files, (document) => shuffleKeys(document, seed))]
  yield [
    'comments',
    each(files, (document) => void (document.commentBefore = ' written for the readers of this file')),
  ]
  yield ['other indentation', each(files, () => undefined, { indent: 4, lineWidth: 60 })]
  yield ['flow style', each(files, flowStyle)]
  yield ['documents in files of their own', split(files)]
  yield ['documents in another order', each(files, () => undefined, {}, true)]
}

/** Kubernetes files are a set; Compose files override each other in their order. */
function isSet(files: readonly SourceFile[]): boolean {
  return files.length > 1 && files.every(({ text }) => /^apiVersion:/m.test(text))
}

function each(
  files: readonly SourceFile[],
  edit: (document: Document) => unknown,
  style: { readonly indent?: number; readonly lineWidth?: number } = {},
  reversed = false,
): readonly SourceFile[] {
  return files.map(({ name, text }) => {
    const documents = documentsOf(text)
    for (const document of documents) edit(document)
    const ordered = reversed ? documents.toReversed() : documents
    return { name, text: ordered.map((document) => document.toString(style)).join('---\n') }
  })
}

function documentsOf(text: string): readonly Document[] {
  const parsed = parseAllDocuments(text, { merge: true })
  return (Array.isArray(parsed) ? parsed : []).filter(({ contents }) => contents !== null)
}

function split(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.flatMap(({ name, text }) =>
    documentsOf(text).map((document, at) => ({
      name: name.replace(/(\.ya?ml)$/, `-${at}$1`),
      text: document.toString(),
    })),
  )
}

/** Deterministic; anchors stay before what refers to them, so a document that has some is left as it is. */
function shuffleKeys(document: Document, seed: number): void {
  let anchored = false
  visit(document, { Alias: () => void (anchored = true) })
  if (anchored) return
  let state = seed
  visit(document, {
    Map: (_key, map) => {
      map.items = map.items
        .map((item) => {
          state = (state * 48_271) % 2_147_483_647
          return { item, at: state }
        })
        .toSorted((a, b) => a.at - b.at)
        .map(({ item }) => item)
    },
  })
}

/** Short lists and maps of scalars on one line. */
function flowStyle(document: Document): void {
  visit(document, {
    Collection: (_key, node) => {
      const scalars = node.items.every((item) => {
        const value: unknown = isPair(item) ? item.value : item
        return !isMap(value) && !isSeq(value)
      })
      if (scalars && node.items.length < 4 && (node.comment ?? null) === null) node.flow = true
    },
  })
}
