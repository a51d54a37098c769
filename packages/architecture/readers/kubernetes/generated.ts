import { posix } from 'node:path'
import { parseEnv } from 'node:util'
import type { SourceDocument } from '../document.ts'
import { Field, type Notes } from '../field.ts'
import type { ReaderContext } from '../reader.ts'

/** What a generator of a kustomization makes. */
interface Generated {
  readonly key: string
  readonly behavior: string | undefined
  readonly document: SourceDocument
  readonly object: { readonly [Key in 'data' | 'stringData']?: Readonly<Record<string, string>> }
  readonly data: 'data' | 'stringData'
}

/** ConfigMaps and Secrets that kustomizations make of literals and files, the outer before the inner one. */
export class Generators {
  readonly #all: Generated[] = []
  readonly #context: ReaderContext
  readonly #notes: Notes

  constructor(context: ReaderContext, notes: Notes) {
    this.#context = context
    this.#notes = notes
  }

  read(kustomization: SourceDocument): void {
    const root = Field.rootOf(kustomization, this.#notes)
    const kinds = [
      ['configMapGenerator', 'ConfigMap', 'data'],
      ['secretGenerator', 'Secret', 'stringData'],
    ] as const
    for (const [key, kind, data] of kinds) {
      for (const generator of root.at(key).items()) {
        const name = generator.at('name').word()
        if (name === undefined) continue
        const namespace = generator.at('namespace').word() ?? root.at('namespace').word()
        const pairs = { ...this.#files(generator), ...this.#variables(generator), ...literals(generator) }
        const metadata = { name, ...(namespace === undefined ? {} : { namespace }) }
        this.#all.push({
          key: `${kind} ${name}`,
          behavior: generator.at('behavior').word(),
          document: {
            file: kustomization.file,
            value: { apiVersion: 'v1', kind, metadata },
            place: () => generator.evidence(),
          },
          object: { [data]: pairs },
          data,
        })
      }
    }
  }

  /** An outer generator that merges stands for the inner one too. */
  documents(): readonly SourceDocument[] {
    const groups = Map.groupBy(this.#all, ({ key }) => key)
    return [...groups.values()].flatMap((group) => {
      const outer = group.filter(({ behavior }) => /^(?:merge|replace)$/.test(behavior ?? ''))
      const [first] = outer
      if (first === undefined) return group.map(whole)
      const inner = group.filter((each) => first.behavior === 'merge' && !outer.includes(each))
      const pairs = [...inner, ...outer].map(({ object, data }) => object[data] ?? {})
      return [
        whole({ ...first, object: { [first.data]: Object.assign({}, ...pairs) as Record<string, string> } }),
      ]
    })
  }

  #files(generator: Field): Record<string, string> {
    const entries = generator
      .at('files')
      .texts()
      .flatMap((entry) => {
        const [first = '', second] = entry.split('=')
        const path = second ?? first
        const text = this.#textAt(path, generator)
        return text === undefined
          ? []
          : [[second === undefined ? posix.basename(path) : first, text] as const]
      })
    return Object.fromEntries(entries)
  }

  #variables(generator: Field): Record<string, string> {
    const single = generator.at('env').word()
    const paths = [...generator.at('envs').texts(), ...(single === undefined ? [] : [single])]
    const pairs = paths.flatMap((path) => Object.entries(parseEnv(this.#textAt(path, generator) ?? '')))
    return Object.fromEntries(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  }

  #textAt(path: string, generator: Field): string | undefined {
    const file = this.#context.load(path, generator.file)
    if (file === undefined)
      generator.note(`${path} is not among the files that may be read: what it says is not known`)
    return file?.text
  }
}

function whole({ document, object }: Generated): SourceDocument {
  return { ...document, value: { ...(document.value as object), ...object } }
}

function literals(generator: Field): Record<string, string> {
  const pairs = generator
    .at('literals')
    .texts()
    .map((literal) => {
      const [before = '', ...after] = literal.split('=')
      return [before, after.join('=').replace(/^(["'])(.*)\1$/, '$2')] as const
    })
  return Object.fromEntries(pairs)
}
