import type { Severity } from '@plimsoll/architecture'
import { InvalidInput, messageOf, parseJson } from '@plimsoll/base'
import type { VettingErrorCode } from './errors.ts'
import type { Finding } from './finding.ts'
import { isAtLeast, severities } from './judge.ts'

/** What an earlier report found, as far as a comparison needs it. */
export type Baseline = readonly Pick<Finding, 'rule' | 'subject' | 'severity' | 'fingerprint' | 'members'>[]

/** A finding against an earlier report. `worse`: it was there, with a lesser severity or in fewer places. */
export type Change = 'new' | 'worse' | 'known'

const mostFindings = 100_000
const largestBytes = 64 * 1024 * 1024

/**
 * The findings of an earlier JSON report.
 * @throws {InvalidInput} `BASELINE` with the field that is wrong
 */
export function readBaseline(text: string, file: string): Baseline {
  const report = parsed(text, file)
  if (!isRecord(report) || report['format'] !== 'plimsoll/report/1')
    throw wrong(file, 'format', 'this is no report of plimsoll: format is not plimsoll/report/1')
  const findings = report['findings']
  if (!Array.isArray(findings)) throw wrong(file, 'findings', 'this is no list')
  if (findings.length > mostFindings) throw wrong(file, 'findings', `there are more than ${mostFindings}`)
  return findings.map((finding: unknown, at) => findingOf(finding, file, `findings.${at}`))
}

function parsed(text: string, file: string): unknown {
  try {
    return parseJson(text, { maxBytes: largestBytes })
  } catch (error) {
    throw wrong(file, undefined, `this cannot be read: ${messageOf(error)}`, error)
  }
}

function findingOf(finding: unknown, file: string, field: string): Baseline[number] {
  if (!isRecord(finding)) throw wrong(file, field, 'this is no finding')
  const textOf = (member: string): string => {
    const value = finding[member]
    if (typeof value !== 'string') throw wrong(file, `${field}.${member}`, 'this is no text')
    return value
  }
  const severity = severities.find((known) => known === finding['severity'])
  if (severity === undefined)
    throw wrong(file, `${field}.severity`, `this is none of ${severities.join(', ')}`)
  const members = finding['members']
  if (
    members !== undefined &&
    !(Array.isArray(members) && members.every((member) => typeof member === 'string'))
  )
    throw wrong(file, `${field}.members`, 'this is no list of texts')
  return {
    rule: textOf('rule'),
    subject: textOf('subject'),
    fingerprint: textOf('fingerprint'),
    severity,
    ...(members === undefined ? {} : { members }),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(
  file: string,
  field: string | undefined,
  message: string,
  cause?: unknown,
): InvalidInput<VettingErrorCode> {
  const fix = 'write a baseline with: plimsoll vet FILE… --format json --out baseline.json'
  return new InvalidInput('BASELINE', [{ message, fix, place: { file, field } }], { cause })
}

/** What each finding is against the earlier ones, by fingerprint, and what of them is gone. */
export function changesSince(
  earlier: Baseline,
  findings: readonly Finding[],
): { readonly changes: ReadonlyMap<string, Change>; readonly removed: Baseline } {
  const there = indexOf(earlier)
  const asBad = new Map<Severity, Index>(
    severities.map((severity) => [
      severity,
      indexOf(earlier.filter((other) => isAtLeast(other.severity, severity))),
    ]),
  )
  const now = indexOf(findings)
  return {
    changes: new Map(
      findings.map((finding) => [finding.fingerprint, changeOf(finding, there, asBad.get(finding.severity))]),
    ),
    removed: earlier
      .filter((old) => !hasAll(now, old))
      .map(({ rule, subject, severity, fingerprint }) => ({ rule, subject, severity, fingerprint })),
  }
}

function changeOf(finding: Finding, there: Index, asBad: Index | undefined): Change {
  if (asBad !== undefined && hasAll(asBad, finding)) return 'known'
  return hasSome(there, finding) ? 'worse' : 'new'
}

/** Fingerprints and places of findings; a place counts for its rule alone. */
interface Index {
  readonly fingerprints: ReadonlySet<string>
  readonly places: ReadonlySet<string>
}

function indexOf(findings: Baseline): Index {
  return {
    fingerprints: new Set(findings.map(({ fingerprint }) => fingerprint)),
    places: new Set(findings.flatMap(placesOf)),
  }
}

/** The same finding, or every one of its places. */
function hasAll({ fingerprints, places }: Index, finding: Baseline[number]): boolean {
  if (fingerprints.has(finding.fingerprint)) return true
  const own = placesOf(finding)
  return own.length > 0 && own.every((place) => places.has(place))
}

function hasSome({ fingerprints, places }: Index, finding: Baseline[number]): boolean {
  return fingerprints.has(finding.fingerprint) || placesOf(finding).some((place) => places.has(place))
}

function placesOf({ rule, members = [] }: Baseline[number]): readonly string[] {
  return members.map((member) => JSON.stringify([rule, member]))
}
