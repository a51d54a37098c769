import { parseDocuments } from '@plimsoll/architecture/read'
import { InvalidInput, type Place, type Problem } from '@plimsoll/base'
import type { VettingErrorCode } from './errors.ts'
import { rules } from './rules/index.ts'
import { endOf, type FileWaiver } from './waivers.ts'

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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
