import { type Connection, outputOf } from '@plimsoll/control/client'
import { formatDuration } from '@plimsoll/base'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExitCode } from './command.ts'
import { harmless, type Terminal } from './terminal.ts'

interface Count {
  readonly calls: number
  readonly hits: number
}

/** A canary as the control plane shows it. */
export interface CanaryStatus {
  readonly generation: number
  readonly services: readonly { readonly service: string }[]
  readonly steps: readonly { readonly share: number; readonly milliseconds: number }[]
  readonly step: number
  readonly since: string
  readonly evidence: readonly {
    readonly service: string
    readonly party: string
    readonly question: string
    readonly candidate: Count
    readonly running: Count
    readonly p: number
  }[]
}

interface Ended {
  readonly number: number
  readonly status: string
  readonly reason?: string
}

const everyMs = 250
const mostShown = 5

/** Where a canary is, in one line. */
export function stepLine({ services, steps, step, since }: CanaryStatus): string {
  const { share = 0, milliseconds = 0 } = steps[step] ?? {}
  const names = services.map(({ service }) => service).join(', ')
  return `step ${step + 1} of ${steps.length}: ${percent(share)} of the calls of ${names} for ${formatDuration(milliseconds)}, since ${since}`
}

/** What is known so far, the most suspicious first. */
export function evidenceLines({ evidence }: CanaryStatus): readonly string[] {
  return evidence
    .filter(({ candidate, running }) => candidate.calls + running.calls > 0)
    .slice(0, mostShown)
    .map(
      ({ service, party, question, candidate, running, p }) =>
        `${service} for ${harmless(party)}: ${question} ${part(candidate)}, before ${part(running)}, p ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`,
    )
}

/**
 * Tells each step of a canary until it has ended.
 * @returns 0 where the candidate is live, 1 where it was taken back
 */
export async function followCanary(
  connection: Connection,
  generation: number,
  terminal: Terminal,
): Promise<ExitCode> {
  let told = -1
  for (
    let canary = await canaryOf(connection);
    canary?.generation === generation;
    canary = await canaryOf(connection)
  ) {
    if (canary.step !== told) terminal.say(`${terminal.style('bold', 'CANARY')}  ${stepLine(canary)}`)
    told = canary.step
    await pause(everyMs)
  }
  const { status, reason = 'its end is not known' } = await endOf(connection, generation)
  terminal.result({ generation, status, ...(status === 'failed' && { reason }) })
  if (status === 'live' || status === 'superseded') {
    terminal.say(`${terminal.style(['bold', 'green'], 'LIVE')}  generation ${generation}`)
    return 0
  }
  terminal.say(`${terminal.style(['bold', 'red'], 'BACK')}  generation ${generation}: ${harmless(reason)}`)
  return 1
}

async function canaryOf(connection: Connection): Promise<CanaryStatus | null> {
  const { canary } = outputOf(await connection.control('status', {})) as unknown as {
    canary: CanaryStatus | null
  }
  return canary
}

async function endOf(connection: Connection, generation: number): Promise<Ended> {
  const { generations } = outputOf(await connection.control('history', { most: 50 })) as unknown as {
    generations: readonly Ended[]
  }
  return generations.find(({ number }) => number === generation) ?? { number: generation, status: 'unknown' }
}

function part({ calls, hits }: Count): string {
  return `${hits} of ${calls}`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`
}
