import { existsSync } from 'node:fs'
import { dirname, extname, resolve, sep } from 'node:path'
import type { ESTree } from 'rolldown/utils'
import type { SourceModule, Sources } from './sources.ts'

/** What a module says to import, statically. */
export interface Import {
  readonly specifier: string
  readonly offset: number
  /** Imported or re-exported names, with where they stand. */
  readonly names: ReadonlyMap<string, number>
}

/** Static imports and re-exports of a module, in their order; types are erased and left out. */
export function importsOf(module: SourceModule): Import[] {
  return module.program.body.flatMap((statement) => {
    switch (statement.type) {
      case 'ImportDeclaration':
        return statement.importKind === 'type' ? [] : [importOf(statement.source, importedNames(statement))]
      case 'ExportNamedDeclaration':
        if (statement.source === null || statement.exportKind === 'type') return []
        return [importOf(statement.source, reexportedNames(statement))]
      case 'ExportAllDeclaration':
        return statement.exportKind === 'type' ? [] : [importOf(statement.source, [])]
      default:
        return []
    }
  })
}

const mostModules = 2_000

/** The user's own modules that an entry reaches through static imports, the entry first; installed packages left out. */
export function* reachable(sources: Sources, entry: string): Generator<SourceModule> {
  const known = new Set([entry])
  for (const path of known) {
    const module = known.size > mostModules ? undefined : sources.module(path)
    if (module === undefined) continue
    yield module
    for (const { specifier } of importsOf(module)) {
      const target = sources.resolve(path, specifier)
      if (target !== undefined && !target.includes(`${sep}node_modules${sep}`)) known.add(target)
    }
  }
}

/** What to do about an import that leads nowhere. */
export function importFix(module: SourceModule | undefined, specifier: string): string {
  if (!specifier.startsWith('.') && !specifier.startsWith('/')) {
    return `install the package: npm install ${packageOf(specifier)}`
  }
  const path = module && resolve(dirname(module.path), specifier)
  const better = path && likelyPath(path, specifier)
  return better
    ? `write \`${better}\`: Node wants the whole file name`
    : 'write the path of a file that exists'
}

function likelyPath(path: string, specifier: string): string | undefined {
  const withoutExtension = (text: string): string => text.slice(0, text.length - extname(text).length)
  for (const extension of ['.ts', '.mts', '.js', '.mjs']) {
    if (existsSync(path + extension)) return specifier + extension
    if (existsSync(withoutExtension(path) + extension)) return withoutExtension(specifier) + extension
  }
  return existsSync(resolve(path, 'index.ts')) ? `${specifier}/index.ts` : undefined
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function importOf(source: ESTree.StringLiteral, names: Iterable<[string, number]>): Import {
  return { specifier: source.value, offset: source.start, names: new Map(names) }
}

function importedNames({ specifiers }: ESTree.ImportDeclaration): [string, number][] {
  return specifiers.flatMap((specifier): [string, number][] => {
    if (specifier.type === 'ImportDefaultSpecifier') return [['default', specifier.start]]
    return specifier.type === 'ImportSpecifier' ? [[nameOf(specifier.imported), specifier.start]] : []
  })
}

function reexportedNames({ specifiers }: ESTree.ExportNamedDeclaration): [string, number][] {
  return specifiers.map((specifier) => [nameOf(specifier.local), specifier.start])
}

function nameOf(name: ESTree.ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name
}
