import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, relative, sep } from 'node:path'
import type { Place } from '@plimsoll/base'
import { ResolverFactory } from 'rolldown/experimental'
import { parseSync, type ESTree } from 'rolldown/utils'

/** One parsed module of the user's source. */
export interface SourceModule {
  /** Absolute path. */
  readonly path: string
  readonly program: ESTree.Program
  /** The first thing that no parser can read, where there is one. */
  readonly syntaxError: { readonly message: string; readonly offset: number } | undefined
  /** Where an offset is, as people say it. */
  place(offset: number): Place
}

/** The modules that a service's entry can reach, read and parsed when first asked for. */
export interface Sources {
  /** Nothing where the file cannot be read or is no JavaScript or TypeScript. */
  module(path: string): SourceModule | undefined
  /** The path that an import means, as Node resolves it; nothing for Node's own modules and for what is not there. */
  resolve(from: string, specifier: string): string | undefined
  /** The path as people and releases know it: relative to the project, the same in every folder. */
  file(path: string): string
}

const languages: Readonly<Record<string, 'js' | 'ts'>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
}
const largestFile = 4 * 1024 * 1024

/** @param project The folder that paths are told relative to. */
export function openSources(project: string): Sources {
  const root = realpathSync(project)
  const modules = new Map<string, SourceModule | undefined>()
  const resolver = new ResolverFactory({
    conditionNames: ['node', 'import', 'module-sync', 'default'],
    extensions: [],
    mainFields: ['main'],
  })
  const file = (path: string): string => fileName(root, path)
  return {
    file,
    module(path) {
      if (!modules.has(path)) modules.set(path, parseModule(path, file(path)))
      return modules.get(path)
    },
    resolve(from, specifier) {
      return isBuiltin(specifier) ? undefined : resolver.sync(dirname(from), specifier).path
    },
  }
}

function fileName(root: string, path: string): string {
  const inPackages = path.lastIndexOf(`${sep}node_modules${sep}`)
  // Where packages are installed depends on the machine, their names do not.
  const name = inPackages === -1 ? relative(root, path) : path.slice(inPackages + 1)
  return name.split(sep).join('/')
}

function parseModule(path: string, file: string): SourceModule | undefined {
  const lang = languages[extname(path)]
  if (lang === undefined) return undefined
  const text = readText(path)
  if (text === undefined) return undefined
  const { program, errors } = parseSync(path, text, { lang })
  const [first] = errors
  return {
    path,
    program,
    syntaxError: first && { message: first.message, offset: first.labels[0]?.start ?? 0 },
    place: (offset) => placeOf(file, text, offset),
  }
}

function readText(path: string): string | undefined {
  try {
    return statSync(path).size > largestFile ? undefined : readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function placeOf(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { file, line: before.split('\n').length, column: offset - lineStart + 1 }
}
