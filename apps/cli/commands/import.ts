import {
  configurationText,
  connect,
  openProject,
  type ContractSource,
  type Project,
} from '@plimsoll/control/client'
import { InvalidInput, type Problem } from '@plimsoll/base'
import type { ServiceManifest } from '@plimsoll/contract'
import type { Deployment } from '@plimsoll/architecture'
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { CliFailure, usage, type CliErrorCode } from '../errors.ts'
import { writeWhole } from '../output.ts'
import { findProject } from '../project.ts'

export const importCommand: Command = {
  name: 'import',
  usage: 'import',
  summary: 'write what runs as a configuration: plimsoll.config.ts',
  help: [
    'Writes the configuration that says what runs here, with entry modules and contracts as the releases name them, so that a plan',
    'against it is empty where the sources are those of the releases. Nothing that exists is overwritten.',
  ].join('\n'),
  options: { out: { type: 'string' } },
  optionHelp: { '--out FILE': 'write it there instead of standard output' },
  examples: ['plimsoll import', 'plimsoll import --out plimsoll.config.ts'],
  run,
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { folder, positionals, terminal } = invocation
  if (positionals.length > 0) throw usage('import takes no name', 'plimsoll import --out plimsoll.config.ts')
  const project = runningProject(folder)
  const out = textOption(invocation, 'out')
  const path = out === undefined ? undefined : resolve(folder, out)
  checkPlace(path, project)
  const connection = await connect(project)
  try {
    const { deployment } = await connection.running()
    if (deployment === undefined)
      throw new CliFailure('NOT_RUNNING', 'nothing is deployed here', { fix: 'start it: plimsoll up' })
    const text = configurationText(deployment, await sourcesOf(project, deployment))
    if (path !== undefined) writeWhole(path, text)
    terminal.result({ ...(path !== undefined && { path }), text })
    terminal.say(path === undefined ? text.trimEnd() : `  wrote  ${relative('.', path)}`)
    return 0
  } finally {
    await connection.close()
  }
}

/** Also where the configuration is lost: then the folder of the state tells where the project is. */
function runningProject(folder: string): Project {
  for (let root = folder; ; root = dirname(root)) {
    if (existsSync(join(root, '.plimsoll/control.json'))) return openProject(root)
    if (dirname(root) === root) return findProject(folder)
  }
}

/** Imports are written relative to the configuration, which lies in the project's folder. */
function checkPlace(path: string | undefined, { root }: Project): void {
  if (path === undefined) return
  const problem = (message: string, fix: string) =>
    new InvalidInput<CliErrorCode>('EXISTS', [{ message, place: { file: relative('.', path) }, fix }])
  if (existsSync(path)) throw problem('this exists already', 'name a new file, or move the old one away')
  if (dirname(path) !== root)
    throw problem('a configuration lies in the folder of its project', `name a file in ${root}`)
}

async function sourcesOf({ root, store }: Project, { services, consumers }: Deployment) {
  const releases = await Promise.all(Object.values(services).map(({ release }) => store.get(release)))
  const manifests = new Map(releases.map(({ manifest }) => [manifest.name, manifest]))
  const entries = Object.fromEntries(
    [...manifests].map(([name, { evidence }]) => [name, evidence['service']?.file ?? '']),
  )
  const missing: readonly Problem[] = Object.entries(entries)
    .filter(([, file]) => file === '' || !existsSync(join(root, file)))
    .map(([name, file]) => ({
      message: `the entry module of ${name} is not here`,
      place: { file },
      fix: 'check out the sources that its release was built of',
    }))
  const [first, ...others] = missing
  if (first !== undefined) throw new InvalidInput<CliErrorCode>('CONFIGURATION', [first, ...others])
  const used = new Set(
    Object.values(consumers).flatMap(({ uses }) => uses.map((use) => use.split('.')[0] ?? '')),
  )
  const found = await Promise.all(
    [...used].map(async (name) => {
      const manifest = manifests.get(name)
      return manifest === undefined ? [] : [[name, await contractOf(root, manifest)] as const]
    }),
  )
  return { entries, contracts: Object.fromEntries(found.flat()) }
}

/** Where the contract is exported: in its own module, or by the service. */
async function contractOf(root: string, { name, evidence }: ServiceManifest): Promise<ContractSource> {
  const file = evidence['contract']?.file ?? ''
  const entry = { file: evidence['service']?.file ?? '', exported: 'service', member: 'contract' } as const
  if (file === '' || !existsSync(join(root, file))) return entry
  const exports_ = (await import(pathToFileURL(join(root, file)).href).catch(() => ({}))) as Readonly<
    Record<string, unknown>
  >
  const exported = Object.keys(exports_).find((key) => isContract(exports_[key], name))
  return exported === undefined ? entry : { file, exported }
}

function isContract(value: unknown, name: string): boolean {
  const { kind, name: own } = (value ?? {}) as { readonly kind?: unknown; readonly name?: unknown }
  return kind === 'contract' && own === name
}
