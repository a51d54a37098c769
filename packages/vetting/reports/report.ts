import { architectureDigest, type Architecture, type Severity } from '@plimsoll/architecture'
import { systemClock, type Clock, type Digest, type Problem } from '@plimsoll/base'
import { changesSince, type Baseline } from '../baseline.ts'
import type { Finding, Judgement, Origin, Rule, Unknown, Verdict } from '../finding.ts'
import { isAtLeast, judge } from '../judge.ts'
import { rules } from '../rules/index.ts'
import { toolName } from '../tool.ts'
import { waive, type FileWaiver } from '../waivers.ts'
import { coverageOf, type Coverage } from './coverage.ts'
import { deltaOf, type Delta } from './delta.ts'

/** A finding as a report shows it. */
export interface ReportedFinding extends Finding {
  /** True where it makes the report fail. */
  readonly fails: boolean
  /** Present where the report compares with an earlier one. */
  readonly change?: 'new' | 'worse' | 'known' | undefined
  /** Present where a candidate was vetted together with what runs. */
  readonly origin?: Origin | undefined
  readonly waiver?: { readonly owner: string; readonly reason: string; readonly expires: string } | undefined
}

/** A rule as far as a reader of the report needs it. */
export type ReportedRule = Pick<Rule, 'id' | 'title' | 'severity' | 'why' | 'fix'>

/**
 * Everything that one judgement says, as plain data; each format is made of it. Its JSON has a published schema
 * (`report.schema.json`), and is a baseline for a later run.
 */
export interface Report {
  readonly format: 'plimsoll/report/1'
  readonly tool: string
  /** Day on which waivers were looked at, `YYYY-MM-DD`, UTC. */
  readonly day: string
  /** Findings of this severity and above fail it. */
  readonly failOn: Severity
  readonly passed: boolean
  /** What was imagined to be different, in words. */
  readonly imagined?: readonly string[] | undefined
  readonly digest: Digest
  readonly architecture: Architecture
  /** What differs from what was before; absent where nothing was, or nobody compares. */
  readonly delta?: Delta | undefined
  readonly coverage: Coverage
  /** Worst first. */
  readonly findings: readonly ReportedFinding[]
  /** Findings of the earlier report that are gone. */
  readonly removed: readonly Pick<Finding, 'rule' | 'subject' | 'severity' | 'fingerprint'>[]
  readonly unknowns: readonly Unknown[]
  /** Waivers that are expired or fit nothing. */
  readonly remarks: readonly Problem[]
  /** Those that have findings here. */
  readonly rules: readonly ReportedRule[]
}

export interface ReportSettings {
  /** Default `high`. */
  readonly failOn?: Severity | undefined
  readonly waivers?: readonly FileWaiver[] | undefined
  /** An earlier report: what was there then is known, and does not fail this one. */
  readonly since?: Baseline | undefined
  readonly imagined?: readonly string[] | undefined
  /** The architecture that this one is compared with. */
  readonly before?: Architecture | undefined
  readonly clock?: Clock | undefined
  /** Where it is already known. */
  readonly judgement?: Judgement | undefined
}

/** Judges an architecture and says everything about it. */
export function reportOn(architecture: Architecture, settings: ReportSettings = {}): Report {
  const { failOn = 'high', waivers = [], since, imagined, before, clock = systemClock } = settings
  const { findings, unknowns } = settings.judgement ?? judge(architecture)
  const now = clock.now()
  const waived = waive(findings, waivers, now)
  const changes = since === undefined ? undefined : changesSince(since, findings)
  const reported = findings.map((finding): ReportedFinding => {
    const waiver = waived.waivers.get(finding.fingerprint)
    const change = changes?.changes.get(finding.fingerprint)
    const fails = waiver === undefined && change !== 'known' && isAtLeast(finding.severity, failOn)
    return {
      ...finding,
      fails,
      ...(change && { change }),
      ...(waiver && { waiver: { owner: waiver.owner, reason: waiver.reason, expires: waiver.expires } }),
    }
  })
  return {
    ...frame(architecture, reported, { failOn, now, passed: reported.every(({ fails }) => !fails) }),
    ...(imagined && { imagined }),
    ...compared(before, architecture),
    removed: changes?.removed ?? [],
    unknowns,
    remarks: waived.remarks,
  }
}

/** What a verdict is about: what runs, and what would run. */
export interface Compared {
  readonly before: Architecture
  readonly after: Architecture
}

/** The report of a gate's verdict: its findings keep their origin, and only those that refuse the candidate fail it. */
export function reportOfVerdict(verdict: Verdict, { before, after }: Compared, failOn: Severity): Report {
  const findings = verdict.findings.map(({ refuses, ...finding }) => ({ ...finding, fails: refuses }))
  const now = Date.parse(verdict.vettedAt)
  return {
    ...frame(after, findings, { failOn, now, passed: verdict.admitted }),
    ...compared(before, after),
    removed: verdict.removed.map(({ rule, subject, severity, fingerprint }) => ({
      rule,
      subject,
      severity,
      fingerprint,
    })),
    unknowns: verdict.unknowns,
    remarks: [],
  }
}

function compared(before: Architecture | undefined, after: Architecture): Pick<Report, 'delta'> {
  const delta = before === undefined ? undefined : deltaOf(before, after)
  return delta === undefined ? {} : { delta }
}

function frame(
  architecture: Architecture,
  findings: readonly ReportedFinding[],
  { failOn, now, passed }: { readonly failOn: Severity; readonly now: number; readonly passed: boolean },
) {
  const used = new Set(findings.map(({ rule }) => rule))
  return {
    format: 'plimsoll/report/1',
    tool: toolName,
    day: new Date(now).toISOString().slice(0, 10),
    failOn,
    passed,
    digest: architectureDigest(architecture),
    architecture,
    coverage: coverageOf(architecture),
    findings,
    rules: rules
      .filter(({ id }) => used.has(id))
      .map(({ id, title, severity, why, fix }) => ({ id, title, severity, why, fix })),
  } as const
}
