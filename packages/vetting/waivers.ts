import { parseDocuments } from '@plimsoll/architecture'
import { InvalidInput, type Place, type Problem } from '@plimsoll/base'
import type { VettingErrorCode } from './errors.ts'
import type { Finding } from './finding.ts'
import { rules } from './rules/index.ts'

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

const members = ['rule', 'subject', 'fingerprint', 'owner', 'reason', 'expires'] as const
type Member = (typeof members)[number]
const mostWaivers = 10_000
const longestText = 2_000

/**
 * The waivers of a file: `waivers:` and a list, each with rule, subject or fingerprint, owner, reason and expiry.
 * @throws {InvalidInput} `WAIVERS` with every problem and its place
 */
export function readWaivers(text: string, file: string): readonly FileWaiver[] {
  const { documents, problems: broken } = parseDocuments({ name: file, text })
  const problems: Problem[] = [...broken]
  const waivers: FileWaiver[] = []
  const [document, second] = documents
  if (second !== undefined)
    problems.push({ message: 'there is more than one document', place: second.place([]), fix: 'keep one' })
  if (document !== undefined) {
    const list = listOf(document.value)
    if (list === undefined || list.length > mostWaivers) problems.push(shape(document.place([])))
    for (const [at, item] of (list ?? []).slice(0, mostWaivers).entries()) {
      const found = problemsOf(item, (path) => document.place(['waivers', at, ...path]))
      problems.push(...found)
      if (found.length === 0)
        waivers.push({ ...(item as Omit<FileWaiver, 'place'>), place: document.place(['waivers', at]) })
    }
  }
  const [first, ...others] = problems
  if (first !== undefined) throw new InvalidInput<VettingErrorCode>('WAIVERS', [first, ...others])
  return waivers
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (!isRecord(value)) return undefined
  const { waivers, ...others } = value
  return Array.isArray(waivers) && Object.keys(others).length === 0 ? (waivers as unknown[]) : undefined
}

function shape(place: Place): Problem {
  return {
    message: `this is not \`waivers:\` with a list of at most ${mostWaivers}`,
    place,
    fix: 'write waivers: and under it - rule: …, subject: …, owner: …, reason: …, expires: YYYY-MM-DD',
  }
}

function problemsOf(item: unknown, placeOf: (path: readonly string[]) => Place): readonly Problem[] {
  if (!isRecord(item))
    return [{ message: 'this is no waiver', place: placeOf([]), fix: `it has ${members.join(', ')}` }]
  const problems: Problem[] = []
  const add = (member: string, message: string, fix: string) =>
    problems.push({ message, place: placeOf(member in item ? [member] : []), fix })
  for (const name of Object.keys(item))
    if (!members.some((known) => known === name))
      add(name, `there is no ${JSON.stringify(name)} in a waiver`, `it has ${members.join(', ')}`)
  for (const name of members) checkMember(name, item, add)
  if (item['subject'] === undefined && item['fingerprint'] === undefined)
    add(
      'subject',
      'neither subject nor fingerprint says which finding is accepted',
      'copy one of them from the report',
    )
  return problems
}

function checkMember(
  name: Member,
  item: Readonly<Record<string, unknown>>,
  add: (member: string, message: string, fix: string) => void,
): void {
  const value = item[name]
  if (value === undefined && (name === 'subject' || name === 'fingerprint')) return
  const isText = typeof value === 'string' && value.trim() !== '' && value.length <= longestText
  if (!isText)
    add(name, `${name} is no text, or empty, or longer than ${longestText} characters`, advice[name])
  else if (!isValid(name, value)) add(name, `${JSON.stringify(value)} is no ${nouns[name]}`, advice[name])
}

function isValid(name: Member, value: string): boolean {
  if (name === 'rule') return rules.some(({ id }) => id === value)
  if (name === 'fingerprint') return /^[0-9a-f]{16}$/.test(value)
  return name !== 'expires' || endOf(value) !== undefined
}

const nouns: Readonly<Record<Member, string>> = {
  rule: 'rule',
  subject: 'subject',
  fingerprint: 'fingerprint',
  owner: 'owner',
  reason: 'reason',
  expires: 'day',
}

const advice: Readonly<Record<Member, string>> = {
  rule: 'plimsoll rules lists them',
  subject: 'write the subject as the report says it, such as orders.place -> payments.charge',
  fingerprint: 'copy the 16 hexadecimal digits from the report',
  owner: 'name who answers for it',
  reason: 'say why it is accepted',
  expires: 'write the last day as YYYY-MM-DD',
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
