import type { Place, Problem } from '@plimsoll/base'
import type { Finding } from './finding.ts'

/** The file that is looked for beside what is judged. */
export const waiversName = 'plimsoll.waivers.yaml'

/** An accepted finding, as a file says it: by subject, or by the finding's fingerprint. */
export interface FileWaiver {
  /** Id of the rule. */
  readonly rule: string
  /** Id of the component, operation or call that the finding is about. */
  readonly subject?: string | undefined
  readonly fingerprint?: string | undefined
  readonly owner: string
  readonly reason: string
  /** Last day of validity, `YYYY-MM-DD`, in UTC. */
  readonly expires: string
  readonly place: Place
}

/** First instant after a day, in milliseconds; undefined for a day that no calendar has. */
export function endOf(day: string): number | undefined {
  const begin = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN
  if (Number.isNaN(begin) || new Date(begin).toISOString().slice(0, 10) !== day) return undefined
  return begin + 86_400_000
}

/** Which findings are accepted at this instant, by fingerprint, and which waivers do nothing. */
export function waive(
  findings: readonly Finding[],
  waivers: readonly FileWaiver[],
  now: number,
): {
  readonly waivers: ReadonlyMap<string, FileWaiver>
  readonly remarks: readonly Problem[]
} {
  const accepted = new Map<string, FileWaiver>()
  const remarks: Problem[] = []
  for (const waiver of waivers) {
    const expired = now >= (endOf(waiver.expires) ?? 0)
    const fitting = findings.filter((finding) => fits(waiver, finding))
    if (expired) remarks.push(expiry(waiver))
    else if (fitting.length === 0) remarks.push(idle(waiver))
    else
      for (const { fingerprint } of fitting) if (!accepted.has(fingerprint)) accepted.set(fingerprint, waiver)
  }
  return { waivers: accepted, remarks }
}

function fits({ rule, subject, fingerprint }: FileWaiver, finding: Finding): boolean {
  return (
    rule === finding.rule &&
    (subject === undefined || subject === finding.subject) &&
    (fingerprint === undefined || fingerprint === finding.fingerprint)
  )
}

function expiry({ rule, expires, owner, place }: FileWaiver): Problem {
  return {
    message: `the waiver of ${rule} expired on ${expires} and does not hold any more`,
    place,
    fix: `remove the weakness, or let ${owner} accept it again`,
  }
}

function idle({ rule, place }: FileWaiver): Problem {
  return {
    message: `the waiver of ${rule} fits no finding`,
    place,
    fix: 'take it away, or correct its subject',
  }
}
