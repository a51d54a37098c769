import { dirname, resolve } from 'node:path'
import { messageOf, PlimsollError, type InvalidInput, type Place } from '@plimsoll/base'
import type { OutputChunk, Plugin } from 'rolldown'
import { invalid, invalidAt, type InputCode } from './errors.ts'
import { importFix } from './source/imports.ts'
import type { Sources } from './source/sources.ts'

/** The one file that runs, and what went into it. */
export interface Bundle {
  readonly code: Uint8Array
  readonly modules: readonly BundledModule[]
  /** Absolute paths of everything that was read. */
  readonly inputs: readonly string[]
}

/** A module of which something is in the bundle. */
export interface BundledModule {
  /** Absolute path. */
  readonly path: string
  /** Absolute paths of the modules that it imports. */
  readonly imports: readonly string[]
  /** Characters of it in the bundle. */
  readonly size: number
}

export interface BundleOptions {
  readonly sources: Sources
  /** Absolute path of the entry module. */
  readonly entry: string
}

const start = '\0plimsoll/start'
const largestBundle = 64 * 1024 * 1024

/**
 * One ECMAScript module that serves the entry's `service` when Node runs it: everything inlined but Node's own
 * modules. The same sources give the same bytes, in every folder.
 * @throws {InvalidInput} for a missing module, a native addon, a source that cannot be bundled.
 */
export async function bundle({ sources, entry }: BundleOptions): Promise<Bundle> {
  // Where nothing has to be built, nobody waits for the bundler.
  const { rolldown } = await import('rolldown')
  const graph = new Map<string, readonly string[]>()
  const problems: Error[] = []
  const build = await rolldown({
    input: start,
    cwd: dirname(entry),
    platform: 'node',
    // Like Node itself, which knows no tsconfig.json: one that lies above the project changes nothing.
    tsconfig: false,
    plugins: [startModule(entry), nativeAddons(sources, problems), graphOf(graph)],
    experimental: { attachDebugInfo: 'none' },
    onLog: (_level, log) => {
      // What is not found would be left to the machine where the release runs, which has nothing installed.
      if (log.code === 'UNRESOLVED_IMPORT') problems.push(unresolved(sources, entry, log))
    },
  })
  try {
    const { output } = await build.generate({
      format: 'esm',
      entryFileNames: 'service.mjs',
      codeSplitting: false,
      sourcemap: false,
      comments: { legal: true, annotation: false, jsdoc: false },
      generatedCode: { profilerNames: false },
    })
    const [problem] = problems
    if (problem !== undefined) throw problem
    const [chunk] = output
    const inputs = [...graph.keys()].filter((id) => !id.startsWith('\0'))
    return { code: bytesOf(chunk, sources.file(entry)), modules: modulesOf(chunk, graph), inputs }
  } catch (thrown) {
    throw problems[0] ?? explained(sources, entry, thrown)
  } finally {
    await build.close()
  }
}

/** The module that begins: it resolves Plimsoll's runtime as the entry does, so that both are the same copy. */
function startModule(entry: string): Plugin {
  return {
    name: 'plimsoll:start',
    async resolveId(specifier, importer) {
      if (specifier === start) return start
      if (importer !== start || specifier === entry) return null
      return await this.resolve(specifier, entry, { skipSelf: true })
    },
    async load(id) {
      if (id !== start) return null
      // Zod's own compiler, where the service has a Zod that brings it: it has to be there before the first schema is made.
      const compiler = await this.resolve('zod/compile', entry, { skipSelf: true })
      const imports = compiler === null ? '' : `import ${JSON.stringify(compiler.id)}\n`
      // Then the runtime: what a module of the service asks it for while it is loaded has to be there.
      return `${imports}import { run } from '@plimsoll/service/run'\nimport { service } from ${JSON.stringify(entry)}\nawait run(service)\n`
    },
  }
}

function nativeAddons(sources: Sources, problems: Error[]): Plugin {
  return {
    name: 'plimsoll:native-addons',
    load: {
      filter: { id: /\.node$/ },
      handler(id) {
        const place = { file: sources.file(id) }
        problems.push(
          invalidAt('NATIVE_ADDON', place, {
            message: 'a release is one file of JavaScript: a native addon cannot be part of it',
            fix: 'use a package without native code; Node itself brings SQLite (node:sqlite), cryptography and compression',
          }),
        )
        return ''
      },
    },
  }
}

function graphOf(graph: Map<string, readonly string[]>): Plugin {
  return {
    name: 'plimsoll:graph',
    moduleParsed({ id, importedIds, dynamicallyImportedIds }) {
      graph.set(id, [...importedIds, ...dynamicallyImportedIds])
    },
  }
}

function modulesOf(chunk: OutputChunk, graph: ReadonlyMap<string, readonly string[]>): BundledModule[] {
  return Object.entries(chunk.modules)
    .filter(([id, { renderedLength }]) => !id.startsWith('\0') && renderedLength > 0)
    .map(([path, { renderedLength }]) => ({ path, imports: graph.get(path) ?? [], size: renderedLength }))
}

function bytesOf({ code }: OutputChunk, file: string): Uint8Array {
  const bytes = Buffer.from(code)
  if (bytes.length <= largestBundle) return bytes
  throw invalidAt(
    'RELEASE_TOO_LARGE',
    { file },
    {
      message: 'the bundle is larger than 64 MiB',
      fix: 'keep data out of the code: in a store, filled by `start`',
    },
  )
}

function unresolved(sources: Sources, entry: string, log: Log): InvalidInput<InputCode> {
  const specifier = log.exporter ?? 'a module'
  const place = placeOf(sources, entry, log)
  const importer = log.id === undefined || log.id === start ? undefined : sources.module(resolve(log.id))
  return invalidAt('IMPORT_NOT_FOUND', place, {
    message: `cannot find \`${specifier}\``,
    fix: importFix(importer, specifier),
  })
}

/** What the bundler says of one problem. */
interface Log {
  readonly message: string
  readonly code?: string | undefined
  readonly id?: string | undefined
  /** The module that was asked for. */
  readonly exporter?: string | undefined
  readonly loc?: { readonly line: number; readonly column: number } | undefined
}

function explained(sources: Sources, entry: string, thrown: unknown): Error {
  if (thrown instanceof PlimsollError) return thrown
  const [log] = (thrown as { errors?: readonly Log[] }).errors ?? []
  if (log === undefined) {
    const file = sources.file(entry)
    const fix = 'correct what the message names'
    return invalid(
      'BUNDLE',
      { message: `cannot be bundled: ${messageOf(thrown)}`, place: { file }, fix },
      thrown,
    )
  }
  if (log.code === 'UNRESOLVED_IMPORT') return unresolved(sources, entry, log)
  return invalidAt(log.code === 'PARSE_ERROR' ? 'SYNTAX' : 'BUNDLE', placeOf(sources, entry, log), {
    message: headline(log),
    fix: 'correct the module at this place',
  })
}

/** The first line of the bundler's message: the rest draws the source. */
function headline({ message }: Log): string {
  return (message.split('\n', 1)[0] ?? '').replace(/^\[[A-Z_]+\] /, '')
}

function placeOf(sources: Sources, entry: string, { id, loc }: Log): Place {
  const path = id === undefined || id.startsWith('\0') ? entry : resolve(id)
  return { file: sources.file(path), ...(loc && { line: loc.line, column: loc.column + 1 }) }
}
