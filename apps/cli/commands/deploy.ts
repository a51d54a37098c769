import {
  type BreakGlass,
  buildReleases,
  type Candidate,
  type ConfiguredProject,
  connect,
  type Connection,
  submit,
  vetCandidate,
} from '@plimsoll/control/client'
import { deltaOf, renderVerdict } from '@plimsoll/vetting/gate'
import { breakGlassHelp, breakGlassOf, breakGlassOptions } from '../break-glass.ts'
import { followCanary } from '../canary-report.ts'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { readProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'

export const deploy: Command = {
  name: 'deploy',
  usage: 'deploy [SERVICE…]',
  summary: 'release, vet together with what runs, and go live if that is admitted',
  help: [
    'Builds and signs the named services (or the whole configuration), vets what they would make of what runs here, and asks the',
    'control plane to make it live. New replicas are started beside the old ones, which finish what they do. A refused change',
    'touches nothing. Where the policy (rollout.canary) or --canary says so, the new release gets only a part of the calls at first; it is taken back',
    'by itself as soon as it does worse for any caller than the running one. The command tells each step; where it is ended, the canary goes on.',
  ].join('\n'),
  options: {
    entry: { type: 'string' },
    release: { type: 'string' },
    ...breakGlassOptions,
    canary: { type: 'string' },
    detach: { type: 'boolean' },
  },
  optionHelp: {
    '--entry FILE': 'another entry module for the one service that is named',
    '--release DIGEST': 'a release that is in the store, such as one that was pulled; nothing is built',
    ...breakGlassHelp,
    '--canary STEPS':
      "steps in the place of the policy's, such as '1% 5m, 10% 5m, 50% 5m'; none: take over at once",
    '--detach': 'do not wait for the end of a canary',
  },
  examples: ['plimsoll deploy pricing', 'plimsoll deploy orders --entry candidates/orders.ts'],
  run,
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const begun = performance.now()
  const breakGlass = breakGlassOf(options)
  const project = await readProject(folder)
  const connection = await connect(project)
  try {
    const releases = await buildReleases(project, {
      services: positionals,
      entry: textOption({ options }, 'entry'),
      release: textOption({ options }, 'release'),
    })
    const { deployment } = await connection.running()
    const candidate = await vetCandidate(project, releases, deployment)
    const canary = textOption({ options }, 'canary')
    const wait = options['detach'] !== true
    return await goLive({ project, candidate, connection, terminal, begun, breakGlass, canary, wait })
  } finally {
    await connection.close()
  }
}

/** What follows the verdict: nothing, a refusal, or a rollout. */
export async function goLive(step: {
  readonly project: ConfiguredProject
  readonly candidate: Candidate
  readonly connection: Connection
  readonly terminal: Terminal
  /** From `performance.now()`. */
  readonly begun: number
  readonly breakGlass?: BreakGlass | undefined
  /** Steps in the place of the policy's. */
  readonly canary?: string | undefined
  /** Whether to wait for the end of a canary. */
  readonly wait?: boolean
}): Promise<ExitCode> {
  const { project, candidate, connection, terminal, begun, breakGlass, canary, wait = true } = step
  const { verdict, before, after } = candidate
  if (candidate.unchanged) {
    terminal.result({ unchanged: true, verdict })
    terminal.say('unchanged: exactly this runs already')
    return 0
  }
  const delta = deltaOf(before, after)
  terminal.say(renderVerdict(verdict, { before, after }, terminal))
  if (!verdict.admitted && breakGlass !== undefined)
    terminal.say(
      terminal.style(
        ['bold', 'red'],
        `BREAK GLASS  ${breakGlass.person} answers until ${breakGlass.expires}`,
      ),
    )
  else if (!verdict.admitted) {
    terminal.result({ verdict, delta })
    return 1
  }
  const answering = verdict.admitted ? undefined : breakGlass
  const outcome = await submit(project, candidate, connection, {
    breakGlass: answering,
    canary,
  })
  if (outcome.canary !== undefined) {
    if (wait) return await followCanary(connection, outcome.generation, terminal)
    terminal.result({ verdict, delta, ...outcome })
    terminal.say(`CANARY  generation ${outcome.generation}: plimsoll status shows how it goes`)
    return 0
  }
  terminal.result({ verdict, delta, ...outcome })
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
  const parts = [
    outcome.started.length === 0 ? '' : `started ${outcome.started.join(', ')}`,
    outcome.stopped.length === 0 ? '' : `stopped ${outcome.stopped.join(', ')}`,
  ].filter((part) => part !== '')
  const what = parts.length === 0 ? 'settings applied' : parts.join('; ')
  terminal.say(
    `${terminal.style(['bold', 'green'], 'LIVE')}  generation ${outcome.generation}: ${what} (${seconds} s)`,
  )
  return 0
}
