import { graphOf, type Architecture, type Severity } from '@plimsoll/architecture'
import { digestOfJson } from '@plimsoll/base'
import type { Finding, Judgement, Rule, Unknown, Weakness } from './finding.ts'
import { rules } from './rules/index.ts'

/** From the worst. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low']

/** True where one severity is as bad as another, or worse. */
export function isAtLeast(severity: Severity, other: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(other)
}

/** Asks every rule about an architecture. */
export function judge(architecture: Architecture, among: readonly Rule[] = rules): Judgement {
  const findings: Finding[] = []
  const unknowns: Unknown[] = []
  const graph = graphOf(architecture)
  for (const rule of among) {
    const result = rule.check(graph)
    findings.push(...result.weaknesses.map((weakness) => findingOf(rule, weakness)))
    unknowns.push(...(result.unknowns ?? []).map((unknown) => ({ rule: rule.id, ...unknown })))
  }
  return { findings: distinct(findings.toSorted(byGravity)), unknowns }
}

function findingOf(rule: Rule, weakness: Weakness): Finding {
  const { subject, message, path, evidence, fix, severity = rule.severity, identity = [], members } = weakness
  const places = members === undefined ? [] : [members.toSorted()]
  const fingerprint = digestOfJson([rule.id, subject, ...identity, ...places]).slice(
    'sha256:'.length,
    'sha256:'.length + 16,
  )
  const facts = {
    rule: rule.id,
    title: rule.title,
    severity,
    subject,
    message,
    path,
    evidence,
    fix,
    fingerprint,
  }
  return members === undefined ? facts : { ...facts, members }
}

/** The first of each. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ fingerprint }) => !seen.has(fingerprint) && seen.add(fingerprint))
}

function byGravity(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compare(a.rule, b.rule) ||
    compare(a.subject, b.subject) ||
    compare(a.fingerprint, b.fingerprint)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
