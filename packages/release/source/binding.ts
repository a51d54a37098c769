import type { ESTree } from 'rolldown/utils'
import type { SourceModule, Sources } from './sources.ts'

/** An expression of a module: what a name stands for. */
export interface Value {
  readonly module: SourceModule
  readonly expression: ESTree.Expression
}

/** How many names, imports and re-exports are followed before a source counts as not plain. */
const longestChain = 20

/**
 * The expression behind an export, followed through constants, imports and re-exports. Nothing where the way is not
 * plain: a `let`, a class, a destructured name, two `export *` that both have it.
 */
export function exportedValue(sources: Sources, path: string, name: string, depth = 0): Value | undefined {
  const module = depth > longestChain ? undefined : sources.module(path)
  if (module === undefined) return undefined
  const search: Search = { sources, module, depth: depth + 1 }
  return (ownExport(search, name) ?? starExport(search, name)).value
}

/** What a search came to: an export without a plain value ends it as well. */
interface Found {
  readonly value: Value | undefined
}

function ownExport(search: Search, name: string): Found | undefined {
  for (const statement of search.module.program.body) {
    if (statement.type === 'ExportDefaultDeclaration' && name === 'default') {
      return { value: defaultExport(search, statement) }
    }
    const named =
      statement.type === 'ExportNamedDeclaration' ? namedExport(search, statement, name) : undefined
    if (named !== undefined) return named
  }
  return undefined
}

function starExport(search: Search, name: string): Found {
  const found = search.module.program.body
    .filter((statement) => statement.type === 'ExportAllDeclaration')
    .filter(({ exported }) => exported === null)
    .map(({ source }) => imported(search, source.value, name))
    .filter((value) => value !== undefined)
  return { value: found.length === 1 ? found[0] : undefined }
}

/** What an expression stands for: itself without casts and parentheses, or the constant that it names. */
export function valueOf(sources: Sources, { module, expression }: Value, depth = 0): Value | undefined {
  const plain = withoutCasts(expression)
  if (plain.type !== 'Identifier') return { module, expression: plain }
  return localValue({ sources, module, depth }, plain.name)
}

/** The expression inside `as`, `satisfies`, `!` and parentheses. */
export function withoutCasts(expression: ESTree.Expression): ESTree.Expression {
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return withoutCasts(expression.expression)
    default:
      return expression
  }
}

/** True where the module imports `name` from `source` under the local name that the expression says. */
export function isImport(
  { module, expression }: Value,
  { name, from }: { readonly name: string; readonly from: string },
): boolean {
  if (expression.type !== 'Identifier') return false
  const specifier = importOf(module, expression.name)
  return specifier !== undefined && specifier.source === from && specifier.name === name
}

interface Search {
  readonly sources: Sources
  readonly module: SourceModule
  readonly depth: number
}

function namedExport(
  search: Search,
  statement: ESTree.ExportNamedDeclaration,
  name: string,
): Found | undefined {
  const constant = constantOf(search, statement.declaration, name)
  if (constant !== undefined) return { value: constant }
  const specifier = statement.specifiers.find(({ exported }) => exportName(exported) === name)
  if (specifier === undefined) return undefined
  const local = exportName(specifier.local)
  const { source } = statement
  return { value: source === null ? localValue(search, local) : imported(search, source.value, local) }
}

function defaultExport(search: Search, statement: ESTree.ExportDefaultDeclaration): Value | undefined {
  const { declaration } = statement
  switch (declaration.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSDeclareFunction':
      return undefined
    default:
      return follow(search, declaration)
  }
}

function localValue(search: Search, name: string): Value | undefined {
  if (search.depth > longestChain) return undefined
  for (const statement of search.module.program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    const constant = constantOf(search, declaration, name)
    if (constant !== undefined) return constant
  }
  const specifier = importOf(search.module, name)
  return specifier && imported(search, specifier.source, specifier.name)
}

function constantOf(search: Search, statement: ESTree.Node | null, name: string): Value | undefined {
  if (statement?.type !== 'VariableDeclaration' || statement.kind !== 'const') return undefined
  for (const { id, init } of statement.declarations) {
    if (id.type === 'Identifier' && id.name === name && init !== null) return follow(search, init)
  }
  return undefined
}

function follow({ sources, module, depth }: Search, expression: ESTree.Expression): Value | undefined {
  return valueOf(sources, { module, expression }, depth + 1)
}

function imported({ sources, module, depth }: Search, source: string, name: string): Value | undefined {
  const path = sources.resolve(module.path, source)
  return path === undefined ? undefined : exportedValue(sources, path, name, depth)
}

function importOf(module: SourceModule, local: string): { source: string; name: string } | undefined {
  for (const statement of module.program.body) {
    if (statement.type !== 'ImportDeclaration') continue
    for (const specifier of statement.specifiers) {
      if (specifier.local.name !== local || specifier.type === 'ImportNamespaceSpecifier') continue
      const name = specifier.type === 'ImportSpecifier' ? exportName(specifier.imported) : 'default'
      return { source: statement.source.value, name }
    }
  }
  return undefined
}

function exportName(name: ESTree.ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name
}
