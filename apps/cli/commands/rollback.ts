import { connect, type Outcome, outputOf, refusalOf, submit, vetDeployment } from '@plimsoll/control/client'
import type { Deployment } from '@plimsoll/architecture'
import { renderVerdict } from '@plimsoll/vetting/gate'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { findProject } from '../project.ts'

export const rollback: Command = {
  name: 'rollback',
  usage: 'rollback [SERVICE]',
  summary: 'go back to the release that was live before',
  help: [
    'With a service: back to its former release, the rest as it is. Without: back to everything as it was before the last change.',
    'While a canary goes on, it is ended, and what ran before has every call again.',
    'An architecture that was admitted before needs no new verdict; any other is vetted first.',
  ].join('\n'),
  options: {},
  optionHelp: {},
  examples: ['plimsoll rollback pricing', 'plimsoll rollback'],
  run,
}

async function run({ folder, positionals, terminal }: Invocation): Promise<ExitCode> {
  const [service, ...more] = positionals
  if (more.length > 0) throw usage('rollback takes one service', 'plimsoll rollback SERVICE')
  const begun = performance.now()
  const project = findProject(folder)
  const connection = await connect(project)
  try {
    const answer = await connection.control('rollback', service === undefined ? {} : { service })
    let outcome: Outcome
    if (answer.ok) {
      outcome = outputOf(answer) as unknown as Outcome
    } else if (answer.code === 'NEEDS_VERDICT') {
      const { deployment } = answer.data as unknown as { deployment: Deployment }
      const candidate = await vetDeployment(project, deployment, (await connection.running()).deployment)
      terminal.say(renderVerdict(candidate.verdict, candidate, terminal))
      if (!candidate.verdict.admitted) {
        terminal.result({ verdict: candidate.verdict })
        return 1
      }
      outcome = await submit(project, candidate, connection)
    } else {
      throw refusalOf(answer.data)
    }
    terminal.result(outcome)
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
    const { started, stopped } = outcome
    const settings = stopped.length === 0 ? 'settings' : `without ${stopped.join(', ')}`
    const what = started.length === 0 ? settings : started.join(', ')
    terminal.say(
      `${terminal.style(['bold', 'green'], 'BACK')}  generation ${outcome.generation}: ${what} (${seconds} s)`,
    )
    return 0
  } finally {
    await connection.close()
  }
}
