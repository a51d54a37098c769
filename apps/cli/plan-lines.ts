import type { Difference, Drift } from '@plimsoll/control/client'
import { isDigest, shortDigest } from '@plimsoll/base'
import { harmless, type Terminal } from './terminal.ts'

const signs = { added: '+', changed: '~', removed: '-' } as const
const colours = { added: 'green', changed: 'yellow', removed: 'red' } as const

/** A line for each thing that would change. */
export function planLines(changes: readonly Difference[], terminal: Terminal): readonly string[] {
  return changes.map(({ change, part, field, from, to }) => {
    const sign = terminal.style(colours[change], signs[change])
    const what = field === undefined ? '' : `  ${field}: ${shown(from)} → ${shown(to)}`
    return `  ${sign} ${harmless(part)}${harmless(what)}`
  })
}

/** A line for each thing that is not as it was admitted. */
export function driftLines(drift: readonly Drift[], terminal: Terminal): readonly string[] {
  return drift.map(
    ({ kind, subject, message }) =>
      `  ${terminal.style('yellow', '!')} drift: ${titles[kind]} ${harmless(subject)}: ${harmless(message.split('\n')[0] ?? '')}`,
  )
}

const titles: Readonly<Record<Drift['kind'], string>> = {
  'not-running': 'generation',
  replica: 'replica',
  replicas: 'replicas of',
  process: 'process',
  copy: 'program of',
  release: 'stored release of',
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return isDigest(value) ? shortDigest(value) : value
  return JSON.stringify(value)
}
