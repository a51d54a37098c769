import { graphOf, type Architecture, type Graph, type Severity } from '@plimsoll/architecture'
import { digestOfJson } from '@plimsoll/base'
import type { Finding, Judgement, Rule, Unknown, Weakness } from './finding.ts'
import { rules } from './rules/index.ts'
import { tracked, type Reads } from './tracked.ts'

/** From the worst. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low']

const ranks: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 }

/** True where one severity is as bad as another, or worse. */
export function isAtLeast(severity: Severity, other: Severity): boolean {
  return ranks[severity] <= ranks[other]
}

/** Asks every rule about an architecture. */
export function judge(architecture: Architecture, among: readonly Rule[] = rules): Judgement {
  const graph = graphOf(architecture)
  return judgementOf(among.map((rule) => answerOf(rule, rule.check(graph))))
}

/** What a rule answered about one graph, and what it read of it. */
interface RuleAnswer extends Judgement {
  readonly weaknesses: readonly Weakness[]
  readonly reads: Reads
}

/** The answers of rules, in their order. */
export type Answers = ReadonlyMap<Rule, RuleAnswer>

/** Asks every rule, and remembers what each of them read. */
export function answersOver(graph: Graph, among: readonly Rule[] = rules): Answers {
  return new Map(among.map((rule) => [rule, askedAnew(rule, graph)]))
}

/**
 * The same over a later revision. A rule for which nothing changed that it read is not asked again; of the others, what they say
 * again is the same finding.
 */
export function answersAfter(earlier: Answers, graph: Graph): Answers {
  return new Map(
    [...earlier].map(([rule, answer]) => [
      rule,
      answer.reads.isSameIn(graph) ? answer : askedAnew(rule, graph, answer),
    ]),
  )
}

export function judgementOf(answers: Iterable<Judgement>): Judgement {
  const findings: Finding[] = []
  const unknowns: Unknown[] = []
  for (const answer of answers) {
    for (const finding of answer.findings) findings.push(finding)
    for (const unknown of answer.unknowns) unknowns.push(unknown)
  }
  return { findings: distinct(findings.toSorted(byGravity)), unknowns }
}

function askedAnew(rule: Rule, graph: Graph, earlier?: RuleAnswer): RuleAnswer {
  const { view, reads } = tracked(graph)
  const result = rule.check(view)
  return { ...answerOf(rule, result, earlier), weaknesses: result.weaknesses, reads }
}

function answerOf(
  rule: Rule,
  { weaknesses, unknowns = [] }: ReturnType<Rule['check']>,
  earlier?: RuleAnswer,
): Judgement {
  const known = new Map(earlier?.weaknesses.map((weakness, at) => [weakness, earlier.findings[at]]))
  return {
    findings: weaknesses.map((weakness) => known.get(weakness) ?? findingOf(rule, weakness)),
    unknowns: unknowns.map((unknown) => ({ rule: rule.id, ...unknown })),
  }
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
    ranks[a.severity] - ranks[b.severity] ||
    compare(a.rule, b.rule) ||
    compare(a.subject, b.subject) ||
    compare(a.fingerprint, b.fingerprint)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
