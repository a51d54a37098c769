import { defineArchitecture, type ArchitectureSettings } from '@plimsoll/architecture'
import { openProject, type ConfiguredProject, type Project } from '@plimsoll/control/client'
import { InvalidInput, messageOf, type Place } from '@plimsoll/base'
import { settingsPlaces } from '@plimsoll/release'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CliErrorCode } from './errors.ts'
import { configurationName, rootOf } from './root.ts'

/**
 * The project that a folder belongs to: the nearest folder upwards with a configuration.
 * @throws {InvalidInput} `NO_PROJECT`
 */
export function findProject(folder: string): Project {
  const root = rootOf(folder)
  if (root !== undefined) return openProject(root)
  throw new InvalidInput<CliErrorCode>('NO_PROJECT', [
    {
      message: `no ${configurationName} in ${folder} or above`,
      fix: 'name the project with --project FOLDER, or make a first one with plimsoll init',
    },
  ])
}

/**
 * Reads the configuration, which is a TypeScript module that exports `architecture`.
 * @throws {InvalidInput} with the place of everything that is wrong with it.
 */
export async function readProject(folder: string): Promise<ConfiguredProject> {
  const project = findProject(folder)
  const path = join(project.root, configurationName)
  const settings = (await load(project))['architecture']
  if (settings === null || typeof settings !== 'object') {
    throw configurationError(
      'there is no export `architecture`',
      'write: export const architecture = defineArchitecture({ … })',
    )
  }
  const places = settingsPlaces({ path, file: configurationName })
  return { ...project, settings: checked(settings as ArchitectureSettings, project), places }
}

async function load({ root }: Project): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(join(root, configurationName)).href)) as Record<string, unknown>
  } catch (error) {
    const place = placeIn(error, root)
    if (error instanceof InvalidInput) throw located(error, root, place)
    throw configurationError(
      firstLine(messageOf(error)),
      'correct it; node shows the same with: node plimsoll.config.ts',
      place,
    )
  }
}

/** Also where nobody has called `defineArchitecture`. */
function checked(settings: ArchitectureSettings, { root }: Project): ArchitectureSettings {
  try {
    return defineArchitecture(settings)
  } catch (error) {
    throw error instanceof InvalidInput ? located(error, root, undefined) : error
  }
}

/**
 * Gives problems the place of their field where they are of the configuration, or of the call that found them where they
 * are of another module, such as a contract that the configuration imports.
 */
function located(error: InvalidInput, root: string, call: Place | undefined): InvalidInput {
  const inConfiguration = call?.file === undefined || call.file === configurationName
  const places = inConfiguration
    ? settingsPlaces({ path: join(root, configurationName), file: configurationName })
    : {}
  const [first, ...others] = error.problems.map((problem) => ({
    ...problem,
    place: { file: configurationName, ...call, ...nearest(places, problem.place?.field), ...problem.place },
  }))
  return first === undefined ? error : new InvalidInput(error.code, [first, ...others], { cause: error })
}

/** The place of a field, or of the innermost field around it that has one. */
function nearest(places: Readonly<Record<string, Place>>, field: string | undefined): Place | undefined {
  for (let path = field ?? ''; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const place = places[path]
    if (place !== undefined) return place
  }
  return undefined
}

/** Where in the project a module broke, as far as the stack of its error tells. */
function placeIn(error: unknown, root: string): Place | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const folders = [pathToFileURL(root).href, root].map((folder) => RegExp.escape(folder)).join('|')
  const frames = stack.matchAll(new RegExp(`(?:${folders})/([^\\s():?]+):(\\d+)(?::(\\d+))?`, 'g'))
  const [, file, line, column] = frames.find(([, path]) => path?.startsWith('node_modules/') === false) ?? []
  if (file === undefined) return undefined
  return { file, line: Number(line), column: column === undefined ? undefined : Number(column) }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}

function configurationError(message: string, fix: string, place?: Place): InvalidInput<CliErrorCode> {
  return new InvalidInput('CONFIGURATION', [{ message, fix, place: { file: configurationName, ...place } }])
}
