import { formatDuration } from '@plimsoll/base'
import type { Count } from './e-process.ts'
import type { Objection } from './evidence.ts'

const verbs = {
  failed: 'failed',
  misfit: 'did not fit the contract',
  'slower-half': 'were slow',
  'slower-tenth': 'were slow',
} as const

/** Why a candidate is taken back, with the numbers that it rests on; of all callers together, also who stands out among them. */
export function objectionText(objection: Objection, foremost?: Objection): string {
  const { service, party, question, seen, level, marks } = objection
  const one =
    foremost === undefined
      ? ''
      : ` (foremost ${partyText(foremost.party)}: ${part(foremost.seen.candidate)}, before ${part(foremost.seen.running)}, p = ${levelText(foremost.level)})`
  const verb = verbs[question]
  const beyond = (bound: number | undefined) =>
    bound === undefined ? '' : ` (took more than ${formatDuration(bound * 1_000)})`
  return [
    `${service}, calls of ${partyText(party)}${one}: of the candidate's, ${part(seen.candidate)} ${verb}${beyond(marks?.candidate)}`,
    `of the running release's, ${part(seen.running)}${beyond(marks?.running)}`,
    `p = ${levelText(level)} (sequential two-sample test, corrected for every caller and question)`,
  ].join('; ')
}

export function levelText(level: number): string {
  return level < 0.001 ? level.toExponential(1) : level.toFixed(3)
}

function part({ calls, hits }: Count): string {
  const share = calls === 0 ? '' : ` (${((hits / calls) * 100).toFixed(1)} %)`
  return `${hits} of ${calls}${share}`
}

function partyText(party: string): string {
  const [kind = '', name] = party.split(':')
  return name === undefined ? kind : `the ${kind} ${name}`
}
