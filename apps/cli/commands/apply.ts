import {
  connect,
  makePlan,
  repair,
  restoreReleases,
  submit,
  type ConfiguredProject,
  type Connection,
  type Outcome,
  type Planned,
} from '@plimsoll/control/client'
import { isDigest } from '@plimsoll/base'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { CliRefusal, usage } from '../errors.ts'
import { readProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'
import { planResult, showPlan } from './plan.ts'

export const apply: Command = {
  name: 'apply',
  usage: 'apply [SERVICE…]',
  summary: 'make what runs what the configuration says, and repair what has drifted',
  help: [
    'Makes the plan (see plimsoll plan), shows it, and does it where the verdict is admitted. With --plan it does exactly the plan that',
    'was shown: where what runs, the sources or the drift are other than then, it is refused and nothing is touched. Stored releases that',
    'were altered are built again; replicas that are down are started beside what is left; processes that nobody here started are ended.',
  ].join('\n'),
  options: { plan: { type: 'string' }, entry: { type: 'string' } },
  optionHelp: {
    '--plan DIGEST': 'only this plan, as plimsoll plan showed it',
    '--entry FILE': 'another entry module for the one service that is named',
  },
  examples: ['plimsoll apply', 'plimsoll apply --json'],
  run,
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { folder, positionals, options, terminal } = invocation
  const expected = textOption(invocation, 'plan')
  if (expected !== undefined && !isDigest(expected))
    throw usage('a plan is named by `sha256:` and 64 hexadecimal digits', 'plimsoll plan tells it')
  const project = await readProject(folder)
  const connection = await connect(project)
  try {
    const make = () =>
      makePlan(project, connection, { services: positionals, entry: textOption({ options }, 'entry') })
    const planned = await make()
    showPlan(planned, terminal)
    if (expected !== undefined && planned.plan.digest !== expected) throw stale()
    if (planned.candidate !== undefined) return await carryOut(planned, { project, connection, terminal })
    const restored = await restoreReleases(project, planned.plan.drift)
    for (const { name, version } of restored) terminal.say(`  restored ${name}@${version}`)
    const next = await make()
    // Nobody was shown what else would change.
    if (expected !== undefined && next.plan.changes.length > 0) {
      await mend(planned, { connection, terminal })
      throw stale()
    }
    showPlan(next, terminal)
    return await carryOut(next, { project, connection, terminal })
  } finally {
    await connection.close()
  }
}

interface Means {
  readonly project: ConfiguredProject
  readonly connection: Connection
  readonly terminal: Terminal
}

async function carryOut(planned: Planned, { project, connection, terminal }: Means): Promise<ExitCode> {
  const { plan, candidate } = planned
  if (plan.verdict?.admitted === false) {
    terminal.result(planResult(planned))
    return 1
  }
  let outcome: Outcome | undefined
  if (candidate !== undefined && plan.changes.length > 0) {
    outcome = await submit(project, candidate, connection, { expected: plan.generation })
    const what = outcome.started.length === 0 ? 'settings applied' : `started ${outcome.started.join(', ')}`
    terminal.say(`${terminal.style(['bold', 'green'], 'LIVE')}  generation ${outcome.generation}: ${what}`)
  }
  // After the change: what it replaced is in order already.
  const repaired = await mend(planned, { connection, terminal })
  terminal.result({ ...planResult(planned), ...outcome, repaired })
  return 0
}

async function mend(
  { plan: { drift } }: Planned,
  { connection, terminal }: Pick<Means, 'connection' | 'terminal'>,
): Promise<Awaited<ReturnType<typeof repair>>> {
  if (drift.length === 0) return { started: [], ended: [] }
  const repaired = await repair(connection, drift)
  if (repaired.started.length > 0) terminal.say(`  repaired ${repaired.started.join(', ')}: started again`)
  if (repaired.ended.length > 0) terminal.say(`  ended process ${repaired.ended.join(', ')}`)
  return repaired
}

function stale(): CliRefusal {
  return new CliRefusal(
    'REFUSED',
    'this is not the plan that was named: what runs, or the sources, changed since',
    {
      fix: 'look at the plan above, and name its digest',
    },
  )
}
