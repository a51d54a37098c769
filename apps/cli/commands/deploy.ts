import {
  buildReleases,
  type Candidate,
  type ConfiguredProject,
  connect,
  type Connection,
  submit,
  vetCandidate,
} from '@plimsoll/control/client'
import { renderVerdict } from '@plimsoll/vetting'
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
    'touches nothing.',
  ].join('\n'),
  options: { entry: { type: 'string' } },
  optionHelp: { '--entry FILE': 'another entry module for the one service that is named' },
  examples: ['plimsoll deploy pricing', 'plimsoll deploy orders --entry candidates/orders.ts'],
  run,
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const begun = performance.now()
  const project = await readProject(folder)
  const connection = await connect(project)
  try {
    const releases = await buildReleases(project, {
      services: positionals,
      entry: textOption({ options }, 'entry'),
    })
    const { deployment } = await connection.running()
    const candidate = await vetCandidate(project, releases, deployment)
    return await goLive({ project, candidate, connection, terminal, begun })
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
}): Promise<ExitCode> {
  const { project, candidate, connection, terminal, begun } = step
  const { verdict, after } = candidate
  if (candidate.unchanged) {
    terminal.result({ unchanged: true, verdict })
    terminal.say('unchanged: exactly this runs already')
    return 0
  }
  terminal.say(renderVerdict(verdict, after, terminal))
  if (!verdict.admitted) {
    terminal.result({ verdict })
    return 1
  }
  const outcome = await submit(project, candidate, connection)
  terminal.result({ verdict, ...outcome })
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
