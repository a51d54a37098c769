import { canonicalJson, digestOfJson, type Json } from '@plimsoll/base'
import type { AuditLine } from './audit-log.ts'

/** What is known of an act. */
export interface AuditFacts {
  /** SPIFFE ID of who did it; `control plane` where nobody asked. */
  readonly who: string
  /** Such as `change`, `rollback`, `revoke`. */
  readonly act: string
  /** `begun` is written before anything is touched. */
  readonly outcome: 'begun' | 'done' | 'refused' | 'failed'
  /** What it was about, the verdict it rests on, why it was refused. Never a secret. */
  readonly facts: Json
}

/** One line of the log. Its hash holds the hash of the line before, and so all lines before. */
export interface AuditEntry extends AuditFacts {
  readonly number: number
  /** RFC 3339. */
  readonly at: string
  /** Hash of the line before. */
  readonly previous: string
  /** `sha256:` over the canonical JSON (RFC 8785) of all the other members. */
  readonly hash: string
}

/** What the first line follows. */
export const firstLink = { number: 0, hash: `sha256:${'0'.repeat(64)}` } as const

/** The entry with its place in the chain (Haber and Stornetta 1991, linked time-stamps). */
export function chained(entry: Omit<AuditEntry, 'previous' | 'hash'>, previous: string): AuditEntry {
  const linked = { ...entry, previous }
  return { ...linked, hash: digestOfJson(linked) }
}

export interface AuditReport {
  readonly entries: number
  readonly head: string
  /** What is wrong, the first place first; nothing where the log is whole. */
  readonly problems: readonly string[]
}

const mostProblems = 20

/**
 * Goes over a log from its first line.
 * @param highest the highest number that was ever given, where that is known from elsewhere
 * @param anchor a hash that was noted earlier: a log that does not hold it was written anew
 */
export function verifyChain(
  lines: Iterable<AuditLine>,
  { highest, anchor }: { readonly highest?: number; readonly anchor?: string | undefined } = {},
): AuditReport {
  const problems: string[] = []
  const found = (problem: string) => {
    if (problems.length < mostProblems) problems.push(problem)
  }
  let head: { readonly number: number; readonly hash: string } = firstLink
  let anchored = anchor === undefined || anchor === firstLink.hash
  let entries = 0
  for (const line of lines) {
    entries += 1
    for (const problem of problemsOf(line, head)) found(problem)
    head = { number: line.number, hash: line.hash }
    anchored ||= line.hash === anchor
  }
  if (highest !== undefined && highest > head.number)
    found(`the last lines are missing: ${highest} were written, the log ends with line ${head.number}`)
  if (!anchored)
    found(`the hash ${anchor} is not in the log: lines up to it were changed, or it is another log’s`)
  return { entries, head: head.hash, problems }
}

function problemsOf(
  { number, entry, hash }: AuditLine,
  before: { readonly number: number; readonly hash: string },
): readonly string[] {
  if (number !== before.number + 1)
    return [`lines are missing: after line ${before.number} comes line ${number}`]
  if (entry === undefined || entry === null || typeof entry !== 'object' || Array.isArray(entry))
    return [`line ${number} was changed: it is no entry`]
  const { hash: said, ...linked } = entry as { readonly [name: string]: Json }
  if (linked['number'] !== number || said !== hash || digestOf(linked) !== hash)
    return [`line ${number} was changed: it does not have its hash`]
  if (linked['previous'] !== before.hash) return [`the line before line ${number} was changed or replaced`]
  return []
}

function digestOf(value: Json): string | undefined {
  try {
    canonicalJson(value)
    return digestOfJson(value)
  } catch {
    return undefined
  }
}
