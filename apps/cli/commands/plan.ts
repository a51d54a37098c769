import { connectIfRunning, makePlan, type Planned } from '@plimsoll/control/client'
import { deltaOf, renderVerdict } from '@plimsoll/vetting/gate'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { driftLines, planLines } from '../plan-lines.ts'
import { readProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'

export const plan: Command = {
  name: 'plan',
  usage: 'plan [SERVICE…]',
  summary: 'what would change, as a diff with its verdict, and what has drifted; nothing is touched',
  help: [
    'Builds the services of the configuration (or those that are named) and compares them with what runs: services, replicas,',
    'releases by digest, stores, consumers, externals, zones, gateway, policy, waivers. Drift is what differs from what was admitted:',
    'a replica that is down, another number of them, a process that nobody here started, a stored release that was altered.',
    'The digest names this plan: plimsoll apply --plan DIGEST does exactly this, or is refused. Exit code 0 where nothing refuses it;',
    '1 where the verdict is refused; with --exit-code 3 where something would change.',
  ].join('\n'),
  options: { entry: { type: 'string' }, 'exit-code': { type: 'boolean' } },
  optionHelp: {
    '--entry FILE': 'another entry module for the one service that is named',
    '--exit-code': 'end with 3 where something would change or be repaired, and is not refused',
  },
  examples: ['plimsoll plan', 'plimsoll plan --exit-code', 'plimsoll plan pricing --json'],
  run,
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const project = await readProject(folder)
  const connection = await connectIfRunning(project)
  try {
    const planned = await makePlan(project, connection, {
      services: positionals,
      entry: textOption({ options }, 'entry'),
    })
    terminal.result(planResult(planned))
    showPlan(planned, terminal)
    const { verdict, changes, drift } = planned.plan
    if (verdict?.admitted === false) return 1
    return options['exit-code'] === true && changes.length + drift.length > 0 ? 3 : 0
  } finally {
    await connection?.close()
  }
}

/** The plan as data, with what would change in the whole. */
export function planResult({ plan: made, candidate }: Planned): Readonly<Record<string, unknown>> {
  const delta = candidate === undefined ? undefined : deltaOf(candidate.before, candidate.after)
  return { ...made, wouldChange: made.changes.length + made.drift.length > 0, delta }
}

export function showPlan({ plan: made, candidate }: Planned, terminal: Terminal): void {
  const { changes, drift, verdict, digest, generation } = made
  const here = generation === 0 ? 'nothing runs' : `generation ${generation} runs`
  terminal.say(`${terminal.style('bold', 'plan')} ${digest}  (${here})`)
  if (changes.length + drift.length === 0) terminal.say('  nothing would change: exactly this runs')
  for (const line of planLines(changes, terminal)) terminal.say(line)
  for (const line of driftLines(drift, terminal)) terminal.say(line)
  if (candidate === undefined) {
    terminal.say('  what else would change is told when the stored releases are restored: plimsoll apply')
    return
  }
  if (verdict !== undefined) terminal.say(`\n${renderVerdict(verdict, candidate, terminal)}`)
}
