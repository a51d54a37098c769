import { dirname, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InvalidInput, Place, Problem } from '@plimsoll/base'
import { InvalidInput as Invalid } from '@plimsoll/base'
import { invalidAt, type InputCode } from '../errors.ts'
import { contractEvidence, type ServiceSource } from '../source/evidence.ts'
import { importFix, importsOf, reachable } from '../source/imports.ts'
import type { SourceModule, Sources } from '../source/sources.ts'
import type { ThrownFacts } from './answer.ts'
import type { Loading } from './loading.ts'

/** What is known of the module that could not be described. */
export interface Scene {
  readonly sources: Sources
  readonly project: string
  readonly entry: string
  readonly source: ServiceSource | undefined
}

type Unfit = Exclude<Loading, { type: 'described' }>

/** Says for people why a service could not be described: file, line, what is wrong, what to do. */
export function diagnose(loading: Unfit, scene: Scene): InvalidInput<InputCode> {
  const place = { file: scene.sources.file(scene.entry) }
  switch (loading.type) {
    case 'threw':
      return thrown(loading.thrown, scene)
    case 'no-service':
      return invalidAt('NO_SERVICE', place, noService(loading.exported))
    case 'wrong-kind':
      return invalidAt('WRONG_KIND', serviceOr(place, scene), {
        message: `the export \`service\` is no service but ${article(loading.kind)}`,
        fix: 'export what `implement(contract, { … })` of @plimsoll/service gives',
      })
    case 'hung':
      return invalidAt('LOAD_HANGS', place, {
        message: 'the module does not finish loading in the time that it has',
        fix: 'move work that waits or loops out of the top level, into `start` of implement()',
      })
    case 'ended':
      return invalidAt('LOAD_ENDS', place, ended(loading))
    default:
      return invalidAt('RELEASE_TOO_LARGE', place, {
        message: 'the description of the service is larger than 16 MiB',
        fix: 'make the schemas of its contract smaller',
      })
  }
}

function noService(exported: readonly string[]): { message: string; fix: string } {
  const names = exported.slice(0, 10).map((name) => `\`${name}\``)
  return {
    message: `the module exports no \`service\`, it exports ${names.length === 0 ? 'nothing' : names.join(', ')}`,
    fix: 'write `export const service = implement(contract, { … })`',
  }
}

function article(kind: string): string {
  return kind === 'null' || kind === 'object' ? kind : `a ${kind}`
}

function serviceOr(place: Place, { sources, entry }: Scene): Place {
  const module = sources.module(entry)
  const statement = module?.program.body.find(
    (statement) =>
      statement.type === 'ExportNamedDeclaration' &&
      statement.declaration?.type === 'VariableDeclaration' &&
      statement.declaration.declarations.some(({ id }) => id.type === 'Identifier' && id.name === 'service'),
  )
  return module && statement ? module.place(statement.start) : place
}

/** Node's exit code for a top-level await that nothing can settle any more. */
const unsettledAwait = 13

function ended({ code }: Extract<Unfit, { type: 'ended' }>): { message: string; fix: string } {
  if (code === unsettledAwait) {
    return {
      message: 'a top-level `await` of the module, or of one that it imports, is never settled',
      fix: 'move what it waits for into `start` of implement()',
    }
  }
  return {
    message: `the process ended while the module loaded, with ${code === null ? 'a signal' : `exit code ${code}`}`,
    fix: 'call no process.exit() at the top level of a module',
  }
}

function thrown(facts: ThrownFacts, scene: Scene): InvalidInput<InputCode> {
  return (
    declarationProblems(facts, scene) ??
    syntaxProblem(facts, scene) ??
    missingImport(facts, scene) ??
    missingName(facts, scene) ??
    deniedEffect(facts, scene) ??
    invalidAt('LOAD_THREW', placeOfStack(facts, scene), {
      message: `the module throws while it loads: ${told(facts, scene)}`,
      fix: 'make the module load without errors in an empty environment; what needs the running service belongs into `start`',
    })
  )
}

/** An InvalidInput, of whatever copy of Plimsoll: each problem gets the line of its field, where the source is plain. */
function declarationProblems(facts: ThrownFacts, scene: Scene): InvalidInput<InputCode> | undefined {
  const [first, ...rest] = (facts.problems ?? []).filter(isProblem)
  if (first === undefined) return undefined
  const evidence = scene.source === undefined ? {} : contractEvidence(scene.source)
  const fallback = placeOfStack(facts, scene)
  const placed = (problem: Problem): Problem => {
    const field = problem.place?.field
    return {
      ...problem,
      place: { ...(placeOfField(evidence, field) ?? fallback), ...definedOf(problem.place) },
    }
  }
  return new Invalid('DECLARATION', [placed(first), ...rest.map(placed)])
}

function placeOfField(
  evidence: Readonly<Record<string, Place>>,
  field: string | undefined,
): Place | undefined {
  for (let path = field ?? ''; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    if (Object.hasOwn(evidence, path)) return evidence[path]
  }
  return undefined
}

function definedOf(place: Place | undefined): Place {
  return Object.fromEntries(Object.entries(place ?? {}).filter(([, value]) => value !== undefined))
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
  )
}

function syntaxProblem(facts: ThrownFacts, scene: Scene): InvalidInput<InputCode> | undefined {
  if (facts.name !== 'SyntaxError') return undefined
  if (facts.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return invalidAt('SYNTAX', placeOfFirstLine(facts, scene), {
      message: told(facts, scene),
      fix: 'write TypeScript whose types can be erased: no enum, namespace or parameter property (`erasableSyntaxOnly`)',
    })
  }
  for (const module of reachable(scene.sources, scene.entry)) {
    if (module.syntaxError === undefined) continue
    return invalidAt('SYNTAX', module.place(module.syntaxError.offset), {
      message: module.syntaxError.message,
      fix: 'correct the syntax at this place',
    })
  }
  return undefined
}

const notFound = /^Cannot find (?:package|module) '(?<wanted>[^']+)' imported from (?<importer>.+)$/m

function missingImport(facts: ThrownFacts, scene: Scene): InvalidInput<InputCode> | undefined {
  const { wanted, importer } = notFound.exec(facts.message)?.groups ?? {}
  if (wanted === undefined || importer === undefined) return undefined
  const module = scene.sources.module(pathOf(importer))
  const said = module && importsOf(module).find(({ specifier }) => means(module, specifier, wanted))
  const specifier = said?.specifier ?? scene.sources.file(wanted)
  return invalidAt(
    'IMPORT_NOT_FOUND',
    module && said ? module.place(said.offset) : { file: scene.sources.file(pathOf(importer)) },
    { message: `cannot find \`${specifier}\``, fix: importFix(module, specifier) },
  )
}

function means(module: SourceModule, specifier: string, wanted: string): boolean {
  if (specifier === wanted || specifier.startsWith(`${wanted}/`)) return true
  return specifier.startsWith('.') && resolve(dirname(module.path), specifier) === wanted
}

const noExport = /requested module '(?<specifier>[^']+)' does not provide an export named '(?<name>[^']+)'/

function missingName(facts: ThrownFacts, scene: Scene): InvalidInput<InputCode> | undefined {
  const { specifier, name } = noExport.exec(facts.message)?.groups ?? {}
  if (specifier === undefined || name === undefined) return undefined
  for (const module of reachable(scene.sources, scene.entry)) {
    const said = importsOf(module).find((one) => one.specifier === specifier && one.names.has(name))
    if (said === undefined) continue
    return invalidAt('IMPORT_NOT_FOUND', module.place(said.names.get(name) ?? said.offset), {
      message: `\`${specifier}\` exports no \`${name}\``,
      fix: 'import a name that the module exports; a type needs `import type`',
    })
  }
  return undefined
}

function deniedEffect(facts: ThrownFacts, scene: Scene): InvalidInput<InputCode> | undefined {
  if (facts.code !== 'ERR_ACCESS_DENIED') return undefined
  return invalidAt('LOAD_HAS_EFFECTS', placeOfStack(facts, scene), {
    message: `the module has effects while it loads (${facts.permission ?? 'not permitted'})`,
    fix: 'open stores, write files and start programs in `start` of implement(), which runs in the replica only',
  })
}

/** The first place of the user's own code in the stack; the entry where there is none. */
function placeOfStack(facts: ThrownFacts, scene: Scene): Place {
  for (const [, url = '', line, column] of (facts.stack ?? '').matchAll(/(file:\/\/[^\s)]+):(\d+):(\d+)/g)) {
    const path = pathOf(url)
    const own = path.startsWith(scene.project + sep) && !path.includes(`${sep}node_modules${sep}`)
    if (own) return { file: scene.sources.file(path), line: Number(line), column: Number(column) }
  }
  return { file: scene.sources.file(scene.entry) }
}

/** Where the compiler puts the place before the message: `/path/of/file.ts:12`. */
function placeOfFirstLine(facts: ThrownFacts, scene: Scene): Place {
  const [, path, line] = /^(.+):(\d+)$/m.exec((facts.stack ?? '').split('\n', 1)[0] ?? '') ?? []
  if (path === undefined) return placeOfStack(facts, scene)
  return { file: scene.sources.file(pathOf(path)), line: Number(line) }
}

function pathOf(location: string): string {
  return location.startsWith('file:') ? fileURLToPath(location) : location
}

const longestMessage = 500

/** The thrown message with paths as the user knows them. */
function told({ message }: ThrownFacts, { project }: Scene): string {
  return message.replaceAll(project + sep, '').slice(0, longestMessage)
}
