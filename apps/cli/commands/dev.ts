import { connect, connectIfRunning, type Connection, type Project } from '@plimsoll/control/client'
import { openWarmLoader } from '@plimsoll/release'
import type { ChildProcess } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { readAfresh, type Configuration } from '../dev/configuration.ts'
import { tellEvents } from '../dev/events.ts'
import { Session } from '../dev/session.ts'
import { watchSources } from '../dev/watcher.ts'
import { CliFailure, usage } from '../errors.ts'
import { findProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'
import { end, ended, interruption, startControl } from './up.ts'

export const dev: Command = {
  name: 'dev',
  usage: 'dev',
  summary: 'run everything, and follow the sources: build, vet and swap what changed, until Ctrl-C',
  help: [
    'Starts what plimsoll up starts, or follows what runs here already. With each change of a source it builds and vets the services that',
    'read it, and swaps their releases without a lost call. Findings are told once: those that are new, and those that are gone. Where a',
    'source is broken or a verdict refuses, what ran runs on. With --json: one line of JSON for each event.',
  ].join('\n'),
  options: {},
  optionHelp: {},
  examples: ['plimsoll dev'],
  run,
}

async function run({ folder, positionals, terminal }: Invocation): Promise<ExitCode> {
  if (positionals.length > 0) throw usage('dev takes no name', 'plimsoll dev follows every service')
  const interrupted = interruption()
  const found = findProject(folder)
  // Bundles tell what they read by its real path.
  const project = { ...found, root: realpathSync(found.root) }
  const configuration = await readAfresh(project)
  const control = await controlOf(project, configuration)
  try {
    const connection = await connect(project)
    try {
      const lost = control === undefined ? new Promise<never>(() => undefined) : ended(control)
      await follow({ configuration, connection, terminal, until: Promise.race([interrupted, lost]) })
      if (control !== undefined && control.exitCode !== null)
        throw new CliFailure('NOT_STARTED', 'the control plane ended')
    } finally {
      await connection.close()
    }
    terminal.progress('ending ...')
    return 0
  } finally {
    if (control !== undefined) await end(control)
    if (process.connected) process.disconnect?.()
  }
}

/** The control plane, where none runs here that could be followed. */
async function controlOf(project: Project, configuration: Configuration): Promise<ChildProcess | undefined> {
  const there = await connectIfRunning(project)
  await there?.close()
  return there === undefined ? await startControl(configuration.project) : undefined
}

async function follow(options: {
  readonly configuration: Configuration
  readonly connection: Connection
  readonly terminal: Terminal
  readonly until: Promise<unknown>
}): Promise<void> {
  const { configuration, connection, terminal, until } = options
  const { project } = configuration
  const loader = openWarmLoader(project.root)
  const session = new Session({ configuration, connection, loader, events: tellEvents(terminal) })
  const over = new AbortController()
  let waiting = new Set<string>()
  let working: Promise<void> | undefined
  const work = async () => {
    do {
      const changed = waiting
      waiting = new Set()
      await session.follow(changed)
      watcher.follow(session.files)
    } while (waiting.size > 0 && !over.signal.aborted)
  }
  const begin = (paths: Iterable<string>) => {
    for (const path of paths) waiting.add(path)
    working ??= work().finally(() => (working = undefined))
  }
  const watcher = watchSources(begin)
  watcher.follow(session.files)
  try {
    const count = Object.keys(project.settings.services).length
    terminal.progress(`building ${count} ${count === 1 ? 'service' : 'services'} ...`)
    begin([])
    await Promise.race([working, until])
    await tellGateway(connection, project, terminal)
    await until
  } finally {
    over.abort()
    watcher.close()
    await working
    await loader.close()
  }
}

async function tellGateway(connection: Connection, { state }: Project, terminal: Terminal): Promise<void> {
  const { gateway } = await connection.running()
  if (gateway !== undefined)
    terminal.say(
      `gateway  ${gateway}   (curl --cacert ${join(state, 'gateway/ca.pem')} ${gateway}/openapi.json)`,
    )
  terminal.say('Following the sources. Ctrl-C ends.')
}
