import { connect, driftOf, outputOf } from '@plimsoll/control/client'
import { evidenceLines, stepLine, type CanaryStatus } from '../canary-report.ts'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { driftLines } from '../plan-lines.ts'
import { findProject } from '../project.ts'
import { harmless, table, type Terminal } from '../terminal.ts'

export const status: Command = {
  name: 'status',
  usage: 'status',
  summary: 'what runs: every replica with its release, process, memory and restarts, a canary, and the walls',
  help: 'Says what has drifted from what was admitted; plimsoll apply repairs it. With --history: what was live before, the newest first, and what failed and why.',
  options: { history: { type: 'boolean' } },
  optionHelp: { '--history': 'generations instead of replicas' },
  examples: ['plimsoll status', 'plimsoll status --history'],
  run,
}

interface Replica {
  readonly instance: string
  readonly release?: string
  readonly state: string
  readonly pid?: number
  readonly startedAt?: string
  readonly restarts: number
  readonly memoryMiB?: number
  readonly lastExit?: string
}

interface Wall {
  readonly name: string
  readonly stands: boolean
  readonly about: string
  readonly fix?: string
}

/** Somebody answers for what the gate refused. */
interface BrokenGlass {
  readonly person: string
  readonly reason: string
  readonly expires: string
  readonly services: readonly string[]
  readonly expired: boolean
}

interface Status {
  readonly name: string | null
  readonly generation: number
  readonly gateway: string | null
  readonly replicas: readonly Replica[]
  readonly walls: readonly Wall[]
  readonly breakGlass: readonly BrokenGlass[]
  readonly canary: CanaryStatus | null
}

interface Generation {
  readonly number: number
  readonly status: string
  readonly at: string
  readonly kind: string
  readonly reason?: string
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  if (positionals.length > 0) throw usage('status takes no name', 'plimsoll status')
  const connection = await connect(findProject(folder))
  try {
    if (options['history'] === true) {
      const history = outputOf(await connection.control('history', { most: 50 }))
      terminal.result(history)
      showHistory((history as unknown as { generations: Generation[] }).generations, terminal)
      return 0
    }
    const now = outputOf(await connection.control('status', {}))
    const drift = await driftOf(connection)
    terminal.result({ ...(now as unknown as Status), drift })
    showStatus(now as unknown as Status, terminal)
    for (const line of driftLines(drift, terminal)) terminal.say(line)
    if (drift.length > 0) terminal.say('  plimsoll apply repairs it')
    return 0
  } finally {
    await connection.close()
  }
}

function showStatus(now: Status, terminal: Terminal): void {
  const { name, generation, gateway, replicas, walls, breakGlass, canary } = now
  showBreakGlass(breakGlass, terminal)
  if (name === null) return terminal.say('nothing is deployed: plimsoll deploy')
  terminal.say(
    `${terminal.style('bold', name)}  generation ${generation}${gateway === null ? '' : `  ${gateway}`}`,
  )
  const memory = replicas.reduce((sum, { memoryMiB = 0 }) => sum + memoryMiB, 0)
  const rows = replicas.map((replica) => [
    `  ${replica.instance}`,
    terminal.style(replica.state === 'ready' ? 'green' : 'red', replica.state),
    replica.release ?? '',
    replica.pid === undefined ? '' : `pid ${replica.pid}`,
    replica.memoryMiB === undefined ? '' : `${replica.memoryMiB} MiB`,
    replica.startedAt === undefined ? '' : `up ${upFor(replica.startedAt)}`,
    replica.restarts === 0 ? '' : `${replica.restarts} restarts, last: ${harmless(replica.lastExit ?? '')}`,
  ])
  for (const row of table(rows)) terminal.say(row)
  terminal.say(`  ${replicas.length} processes, ${memory} MiB`)
  if (canary !== null) showCanary(canary, terminal)
  showWalls(walls, terminal)
}

/** Before everything else: what runs although the gate refused it. */
function showBreakGlass(standing: readonly BrokenGlass[], terminal: Terminal): void {
  for (const { person, reason, expires, services, expired } of standing) {
    const until = expired ? `EXPIRED ${expires}, and still runs` : `until ${expires}`
    const what = services.length === 0 ? 'settings' : services.join(', ')
    terminal.say(
      `${terminal.style(['bold', 'red'], 'BREAK GLASS')}  ${what}: let in although the gate refused it; ${harmless(person)} answers for it ${until}`,
    )
    terminal.say(`  ${harmless(reason)}`)
    if (expired) terminal.say('  it is not started again: deploy what the gate admits, or plimsoll rollback')
  }
}

function showCanary(canary: CanaryStatus, terminal: Terminal): void {
  terminal.say(
    `  ${terminal.style('yellow', 'canary')}: generation ${canary.generation}, ${stepLine(canary)}`,
  )
  for (const line of evidenceLines(canary)) terminal.say(`    ${line}`)
}

/** What stands in one line; what does not, each with the reason and the way to have it. */
function showWalls(walls: readonly Wall[], terminal: Terminal): void {
  const standing = walls.filter(({ stands }) => stands).map(({ name }) => name)
  terminal.say(`  walls around each service: ${standing.length === 0 ? 'none' : standing.join(', ')}`)
  for (const { name, about, fix } of walls.filter(({ stands }) => !stands))
    terminal.say(
      `  ${terminal.style('yellow', 'missing')}: ${name} (${harmless(about)})${fix === undefined ? '' : `; ${harmless(fix)}`}`,
    )
}

function upFor(startedAt: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(startedAt)) / 1_000))
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

function showHistory(generations: readonly Generation[], terminal: Terminal): void {
  const rows = generations.map(({ number, status: state, at, kind, reason }) => [
    `  ${number}`,
    terminal.style(state === 'live' ? 'green' : state === 'failed' ? 'red' : 'dim', state),
    at,
    kind,
    harmless((reason ?? '').split('\n')[0] ?? ''),
  ])
  for (const row of table(rows)) terminal.say(row)
}
