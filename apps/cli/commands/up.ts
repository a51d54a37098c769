import { buildReleases, type ConfiguredProject, connect, vetCandidate } from '@plimsoll/control/client'
import type { InvalidInput } from '@plimsoll/base'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { CliFailure, usage } from '../errors.ts'
import { readProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'
import { goLive } from './deploy.ts'

export const up: Command = {
  name: 'up',
  usage: 'up',
  summary: 'build, vet and run everything on this machine, until Ctrl-C',
  help: [
    'Builds every service of the configuration, vets all of it together, starts a control plane, the services and the gateway, and',
    'stays in the foreground. Ctrl-C ends everything. What is refused is not started.',
  ].join('\n'),
  options: {},
  optionHelp: {},
  examples: ['plimsoll up'],
  run,
}

async function run({ folder, positionals, terminal }: Invocation): Promise<ExitCode> {
  if (positionals.length > 0)
    throw usage(
      'up takes no name',
      'plimsoll up starts everything; plimsoll deploy SERVICE changes one service',
    )
  const begun = performance.now()
  const project = await readProject(folder)
  const interrupted = interruption()
  // What ran last starts again while the sources are built.
  const building = buildAll(project, terminal)
  building.catch(() => undefined)
  const control = await startControl(project)
  try {
    const live = building.then((releases) => deployAll({ project, releases, terminal, begun }))
    const code = await Promise.race([live, interrupted.then(() => 1 as const), failure(control)])
    if (code !== 0) return code
    process.send?.({ type: 'ready', ...(await address(project)) })
    await Promise.race([interrupted, ended(control)])
    if (control.exitCode !== null || control.signalCode !== null)
      throw new CliFailure('NOT_STARTED', 'the control plane ended', {
        fix: 'what it ran may serve on; plimsoll up takes it over',
      })
    terminal.progress('ending ...')
    return 0
  } finally {
    await end(control)
    if (process.connected) process.disconnect?.()
  }
}

async function buildAll(project: ConfiguredProject, terminal: Terminal): Promise<Releases> {
  const count = Object.keys(project.settings.services).length
  terminal.progress(`building ${count} ${count === 1 ? 'service' : 'services'} ...`)
  const releases = await buildReleases(project, { services: [] })
  for (const { name, version } of Object.values(releases)) terminal.progress(`  ${name}@${version}`)
  return releases
}

type Releases = Awaited<ReturnType<typeof buildReleases>>

async function deployAll(step: {
  readonly project: ConfiguredProject
  readonly releases: Releases
  readonly terminal: Terminal
  readonly begun: number
}): Promise<ExitCode> {
  const { project, releases, terminal, begun } = step
  const connection = await connect(project)
  try {
    const { deployment } = await connection.running()
    const candidate = await vetCandidate(project, releases, deployment)
    const code = await goLive({ project, candidate, connection, terminal, begun })
    if (code !== 0) return code
    const { gateway } = await connection.running()
    if (gateway !== undefined)
      terminal.say(
        `gateway  ${gateway}   (curl --cacert ${join(project.state, 'gateway/ca.pem')} ${gateway}/openapi.json)`,
      )
    terminal.say('Ctrl-C ends everything.')
    return 0
  } finally {
    await connection.close()
  }
}

async function address(project: ConfiguredProject): Promise<{ gateway: string | undefined }> {
  const connection = await connect(project)
  try {
    return { gateway: (await connection.running()).gateway }
  } finally {
    await connection.close()
  }
}

/** Starts the control plane as a process that ends with this one. */
export async function startControl({ state, settings }: ConfiguredProject): Promise<ChildProcess> {
  const program = fileURLToPath(import.meta.resolve('@plimsoll/control-program'))
  const cache = getCompileCacheDir()
  const child = fork(program, ['--state', state, '--trust-domain', `${settings.name}.internal`], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    // It begins with what this process has compiled already.
    env: { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
  })
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = `${log}${text}`.slice(-4_000)
  })
  const outcome = await Promise.race([
    once(child, 'message').then(([message]) => message as ControlMessage),
    once(child, 'exit').then((): ControlMessage => ({
      type: 'failed',
      message: `the control plane ended at once\n${log}`,
    })),
  ])
  if (outcome.type === 'ready') return child
  throw new CliFailure('NOT_STARTED', outcome.message, { place: outcome.place, fix: outcome.fix })
}

type ControlMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'failed'
      readonly message: string
      readonly fix?: string | undefined
      readonly place?: InvalidInput['place']
    }

export function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
    process.once('disconnect', () => resolve())
  })
}

export async function ended(control: ChildProcess): Promise<void> {
  if (control.exitCode === null && control.signalCode === null) await once(control, 'exit')
}

async function failure(control: ChildProcess): Promise<never> {
  await ended(control)
  throw new CliFailure('NOT_STARTED', 'the control plane ended')
}

export async function end(control: ChildProcess): Promise<void> {
  if (control.exitCode !== null || control.signalCode !== null) return
  const done = once(control, 'exit')
  control.kill('SIGTERM')
  await done
}
