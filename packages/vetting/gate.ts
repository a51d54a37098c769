import type { Architecture, Policy, Severity, Waiver } from '@plimsoll/architecture'
import { digestOfJson, systemClock, type Clock, type Digest } from '@plimsoll/base'
import { assess, assessAfter } from './assess.ts'
import type { Finding, Origin, Verdict, VettedFinding } from './finding.ts'
import { isAtLeast } from './judge.ts'
import { rules } from './rules/index.ts'
import { toolName } from './tool.ts'
import { endOf } from './waivers.ts'

export interface VetOptions {
  /** What runs. */
  readonly before: Architecture
  /** What would run. */
  readonly after: Architecture
  /** The candidate's services alone. */
  readonly alone: Architecture
  /** Every release that the candidate brings or changes: service → digest. */
  readonly candidate: Readonly<Record<string, Digest>>
  /** The policy that judges: of what runs, or the new one where nothing runs. */
  readonly policy: Required<Policy>
  /** The policy that would hold from then on; the same where absent. */
  readonly nextPolicy?: Required<Policy>
  readonly waivers: readonly Waiver[]
  readonly clock?: Clock
}

/**
 * The gate: judges the architecture with the candidate, the architecture before, and the candidate alone, and says what
 * is new and whether it refuses the candidate.
 */
export function vet(options: VetOptions): Verdict {
  const { before, after, alone, candidate, policy, nextPolicy, waivers, clock = systemClock } = options
  const was = assess(before)
  const is = before === after ? was : assessAfter(was, after)
  const { judgement } = is
  const earlier = was.judgement.findings
  const known = knownOf(earlier)
  const own = knownOf(assess(alone).judgement.findings)
  const now = clock.now()
  const findings = judgement.findings.map((finding): VettedFinding => {
    const origin = originOf(finding, known, own)
    const waiver = waivers.find((candidate_) => covers(candidate_, finding) && isValid(candidate_, now))
    const refuses =
      origin !== 'existing' && waiver === undefined && isAtLeast(finding.severity, policy.failOn)
    return {
      ...finding,
      origin,
      ...(waiver === undefined
        ? {}
        : { waiver: { owner: waiver.owner, reason: waiver.reason, expires: waiver.expires } }),
      refuses,
    }
  })
  const present = new Set(judgement.findings.map(({ fingerprint }) => fingerprint))
  return {
    format: 'plimsoll/verdict/1',
    admitted: findings.every(({ refuses }) => !refuses),
    architecture: { name: after.name, before: was.digest, after: is.digest },
    candidate,
    findings,
    removed: earlier.filter(({ fingerprint }) => !present.has(fingerprint)),
    unknowns: judgement.unknowns,
    rules: rulesDigest(),
    policy: policyDigest(policy, waivers, nextPolicy),
    vettedAt: new Date(now).toISOString(),
    tool: toolName,
  }
}

/** Digest of the policy that a verdict was reached under, with the waivers that it knew and the policy that it makes. */
export function policyDigest(
  policy: Required<Policy>,
  waivers: readonly Waiver[],
  nextPolicy: Required<Policy> = policy,
): Digest {
  return digestOfJson({ policy, waivers, nextPolicy })
}

/** Digest of what the rules look for: another set of rules could have found something else. */
export function rulesDigest(): Digest {
  return digestOfJson(
    rules.map((rule) => {
      const { id, title, severity, why, fix } = rule
      return { id, title, severity, why, fix, check: rule.check.toString() }
    }),
  )
}

/** What is known of one rule: the findings themselves, and every place that they name. */
interface Known {
  readonly fingerprints: ReadonlySet<string>
  readonly places: ReadonlySet<string>
}

/** The findings of a rule that are at least as bad; each question is answered once, however many findings ask it. */
type KnownFindings = (rule: string, severity: Severity) => Known

function knownOf(findings: readonly Finding[]): KnownFindings {
  const byRule = Map.groupBy(findings, ({ rule }) => rule)
  const answers = new Map<string, Known>()
  return (rule, severity) => {
    const question = `${severity} ${rule}`
    const answer =
      answers.get(question) ??
      placesOf((byRule.get(rule) ?? []).filter((each) => isAtLeast(each.severity, severity)))
    answers.set(question, answer)
    return answer
  }
}

function placesOf(findings: readonly Finding[]): Known {
  return {
    fingerprints: new Set(findings.map(({ fingerprint }) => fingerprint)),
    places: new Set(findings.flatMap(({ members = [] }) => members)),
  }
}

/** What was there before but became worse, or has a further place, is new. */
function originOf(finding: Finding, before: KnownFindings, alone: KnownFindings): Origin {
  const earlier = before(finding.rule, finding.severity)
  if (isAmong(finding, earlier)) return 'existing'
  const added = finding.members?.filter((member) => !earlier.places.has(member))
  return isAmong({ ...finding, members: added }, alone(finding.rule, 'low')) ? 'candidate' : 'emergent'
}

/** True where the same finding is there, or others of its rule have every one of its places. */
function isAmong(
  { fingerprint, members = [] }: Pick<Finding, 'fingerprint' | 'members'>,
  known: Known,
): boolean {
  if (known.fingerprints.has(fingerprint)) return true
  return members.length > 0 && members.every((member) => known.places.has(member))
}

function covers({ rule, subject }: Waiver, finding: Finding): boolean {
  return rule === finding.rule && subject === finding.subject
}

/** Through the whole of its last day, in UTC; never where that is no day. */
function isValid({ expires }: Waiver, now: number): boolean {
  const end = endOf(expires)
  return end !== undefined && now < end
}
