import { buildReleases, connectIfRunning, vetCandidate } from '@plimsoll/control/client'
import { deltaOf, renderVerdict, reportOfVerdict } from '@plimsoll/vetting/gate'
import { textOption, type ExitCode, type Invocation } from '../command.ts'
import { outputOf, writeReport } from '../output.ts'
import { readProject } from '../project.ts'

/** Judges what the services of the configuration would make of what runs. */
export async function vetProject(invocation: Invocation): Promise<ExitCode> {
  const { folder, positionals, options, terminal } = invocation
  const output = outputOf(invocation)
  const project = await readProject(folder)
  const connection = await connectIfRunning(project)
  try {
    const running = await connection?.running()
    const releases = await buildReleases(project, {
      services: positionals,
      entry: textOption({ options }, 'entry'),
    })
    const { verdict, before, after } = await vetCandidate(project, releases, running?.deployment)
    if (output.format === 'terminal' && output.path === undefined) {
      if (terminal.json) terminal.result({ ...verdict, delta: deltaOf(before, after) })
      terminal.say(
        renderVerdict(
          verdict,
          { before, after },
          { colour: terminal.colour, width: terminal.width, all: output.all },
        ),
      )
    } else {
      await writeReport(
        reportOfVerdict(verdict, { before, after }, project.settings.policy?.failOn ?? 'high'),
        output,
        invocation,
      )
    }
    return verdict.admitted ? 0 : 1
  } finally {
    await connection?.close()
  }
}
