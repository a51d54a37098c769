import { canonicalJson, isDigest, systemClock, type Clock, type Digest } from '@plimsoll/base'
import {
  signStatement,
  verifyStatement,
  type Envelope,
  type SigningKey,
  type Statement,
} from '@plimsoll/identity'
import { VettingRefusal, type VettingRefusalCode } from './errors.ts'
import type { Verdict } from './finding.ts'
import { rulesDigest } from './gate.ts'

/** Type of the claim: a verdict of the gate. */
export const verdictType = 'https://plimsoll.dev/verdict/v1'

const defaultAgeMs = 24 * 3_600_000
/** Clocks of two machines differ a little. */
const toleranceMs = 60_000

/**
 * The verdict as a signed statement about the releases of the candidate.
 * @param environment Names the one installation that the verdict is for; any that does not ask where absent.
 */
export function attest(verdict: Verdict, key: SigningKey, environment?: string): Envelope {
  const subjects = Object.entries(verdict.candidate)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, digest]) => ({ name, sha256: digest.slice('sha256:'.length) }))
  const predicate = environment === undefined ? verdict : { ...verdict, environment }
  return signStatement({ subjects, predicateType: verdictType, predicate }, key)
}

/** What an attestation has to be about. */
export interface Expectation {
  /** Public keys whose verdicts count, PEM. */
  readonly trusted: readonly string[]
  readonly before: Digest
  readonly after: Digest
  readonly candidate: Readonly<Record<string, Digest>>
  readonly policy: Digest
  /** The installation that the verdict has to be for, as `attest` was told; not looked at where absent. */
  readonly environment?: string | undefined
  /** Somebody answers for what the gate refuses: everything else is checked all the same. */
  readonly evenRefused?: boolean
  readonly clock?: Clock
  /** Default one day. */
  readonly maxAgeMs?: number
}

/**
 * The verdict of an attestation, where it admits exactly these releases in exactly this architecture.
 * @throws {IdentityRefusal} where no trusted key signed it
 * @throws {VettingRefusal} with a code for each way to be another one
 */
export function checkAttestation(envelope: unknown, expected: Expectation): Verdict {
  const statement = verifyStatement(envelope, expected.trusted)
  const verdict = readVerdict(statement)
  checkSubjects(statement, verdict, expected)
  checkArchitecture(verdict, expected)
  checkBasis(verdict, expected)
  checkEnvironment(statement, expected)
  checkAge(verdict, expected)
  if (expected.evenRefused !== true) checkAdmitted(verdict)
  return verdict
}

function refuse(
  code: VettingRefusalCode,
  message: string,
  fix = 'vet the change again: plimsoll deploy does it',
): never {
  throw new VettingRefusal(code, message, { fix })
}

function readVerdict({ predicateType, predicate }: Statement): Verdict {
  if (predicateType !== verdictType) refuse('ATTESTATION_TYPE', 'the attestation is not about a verdict')
  if (isVerdict(predicate)) return predicate
  return refuse('ATTESTATION_MALFORMED', 'the attestation holds no verdict of this format')
}

/** True where everything is there that is looked at below; of the rest, the signature answers for the signer. */
function isVerdict(predicate: unknown): predicate is Verdict {
  if (!isObject(predicate)) return false
  const { format, admitted, architecture, candidate, findings, rules, policy, vettedAt } =
    predicate as Partial<Verdict>
  return (
    format === 'plimsoll/verdict/1' &&
    typeof admitted === 'boolean' &&
    typeof vettedAt === 'string' &&
    areDigests([architecture?.before, architecture?.after, rules, policy]) &&
    isObject(candidate) &&
    areDigests(Object.values(candidate)) &&
    Array.isArray(findings) &&
    findings.every(saysWhetherItRefuses)
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function saysWhetherItRefuses(finding: unknown): boolean {
  return typeof (finding as { readonly refuses?: unknown } | null)?.refuses === 'boolean'
}

function areDigests(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string' && isDigest(value))
}

/** The statement, the verdict in it and the change name the same releases. */
function checkSubjects({ subjects }: Statement, verdict: Verdict, expected: Expectation): void {
  const named = Object.fromEntries(subjects.map(({ name, sha256 }) => [name, `sha256:${sha256}`]))
  const wanted = canonicalJson(expected.candidate)
  if (
    subjects.length === Object.keys(named).length &&
    canonicalJson(named) === wanted &&
    canonicalJson(verdict.candidate) === wanted
  )
    return
  refuse('ATTESTATION_RELEASES', 'the attestation is about other releases')
}

function checkArchitecture({ architecture }: Verdict, { before, after }: Expectation): void {
  if (architecture.before !== before) {
    refuse('ATTESTATION_ARCHITECTURE', 'the architecture has changed since the verdict')
  }
  if (architecture.after !== after)
    refuse(
      'ATTESTATION_ARCHITECTURE',
      'the change leads to another architecture than the one that was vetted',
    )
}

function checkBasis(verdict: Verdict, { policy }: Expectation): void {
  if (verdict.policy !== policy) refuse('ATTESTATION_POLICY', 'the verdict was reached under another policy')
  if (verdict.rules !== rulesDigest()) refuse('ATTESTATION_RULES', 'the verdict was reached with other rules')
}

function checkEnvironment({ predicate }: Statement, { environment }: Expectation): void {
  if (environment === undefined) return
  if ((predicate as { readonly environment?: unknown }).environment !== environment)
    refuse('ATTESTATION_ENVIRONMENT', 'the verdict was reached for another installation')
}

function checkAge(
  { vettedAt }: Verdict,
  { clock = systemClock, maxAgeMs = defaultAgeMs }: Expectation,
): void {
  const age = clock.now() - Date.parse(vettedAt)
  if (!(age <= maxAgeMs)) refuse('ATTESTATION_AGE', 'the verdict is too old')
  if (age < -toleranceMs)
    refuse('ATTESTATION_AGE', 'the verdict is from the future', 'set the clocks of the machines right')
}

/** What the verdict says of itself counts only as far as its findings bear it out. */
export function isAdmitted({ admitted, findings }: Pick<Verdict, 'admitted' | 'findings'>): boolean {
  return admitted && findings.every(({ refuses }) => !refuses)
}

function checkAdmitted(verdict: Verdict): void {
  if (isAdmitted(verdict)) return
  refuse(
    'ATTESTATION_REFUSED',
    'the verdict refuses the change',
    'remove what refuses it, or accept it with a waiver',
  )
}
