import type { Evidence, Severity } from '@plimsoll/architecture'
import type { Problem } from '@plimsoll/base'
import type { PathStep } from '../finding.ts'
import { visible } from './escape.ts'
import type { Report, ReportedFinding, ReportedRule } from './report.ts'

const schema = 'https://json.schemastore.org/sarif-2.1.0.json'
const levels: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
}
/** What code-scanning services sort by: a CVSS-like figure. */
const scores: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' }
const baselineStates = { new: 'new', worse: 'updated', known: 'unchanged' } as const
const mostLocations = 100

/** A report as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format). */
export function renderSarif(report: Report): string {
  const { tool, rules, findings, digest, architecture, unknowns, remarks } = report
  const [name = 'plimsoll', version = '0'] = tool.split(' ')
  const log = {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name, semanticVersion: version, rules: rules.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...architecture.notes.map(({ message, evidence }) =>
                notification(`not read: ${message}`, evidence),
              ),
              ...remarks.map(({ message, place }: Problem) => notification(message, place ?? {}, 'warning')),
              ...unknowns.map(({ rule, message }) => notification(`${rule}, not evidenced: ${message}`, {})),
            ],
          },
        ],
        results: findings.map((finding) => resultOf(finding, rules)),
        properties: {
          architecture: visible(architecture.name),
          digest,
          passed: report.passed,
          failOn: report.failOn,
        },
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function ruleOf({ id, title, severity, why, fix }: ReportedRule) {
  return {
    id,
    name: title
      .split(/[^A-Za-z0-9]+/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(''),
    shortDescription: { text: text(title) },
    fullDescription: { text: text(why) },
    help: { text: text(`${why}\n\nFix: ${fix}`), markdown: `${why}\n\n**Fix:** ${fix}` },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['architecture', 'security'], 'security-severity': scores[severity], severity },
  }
}

function resultOf(finding: ReportedFinding, rules: readonly ReportedRule[]) {
  const { rule, severity, message, fix, fingerprint, path, change, waiver, fails, origin } = finding
  const [first, ...others] = placesOf(finding)
  const logicalLocations = [{ fullyQualifiedName: visible(finding.subject) }]
  const ruleIndex = rules.findIndex(({ id }) => id === rule)
  return {
    ruleId: rule,
    ...(ruleIndex === -1 ? {} : { ruleIndex }),
    level: levels[severity],
    message: { text: text(`${message} Fix: ${fix}`) },
    locations: [{ ...(first === undefined ? {} : locationOf(first)), logicalLocations }],
    ...(others.length === 0 ? {} : { relatedLocations: others.map(locationOf) }),
    ...(path.length === 0 ? {} : { codeFlows: [{ threadFlows: [{ locations: path.map(stepOf) }] }] }),
    partialFingerprints: { 'plimsoll/v1': fingerprint },
    ...(change === undefined ? {} : { baselineState: baselineStates[change] }),
    suppressions:
      waiver === undefined
        ? []
        : [
            {
              kind: 'external',
              status: 'accepted',
              justification: text(`${waiver.reason} (${waiver.owner}, until ${waiver.expires})`),
            },
          ],
    properties: {
      severity,
      fails,
      subject: visible(finding.subject),
      ...(origin === undefined ? {} : { origin }),
    },
  }
}

/** Where a finding is: its evidence, then the places on its way; each once, and only those that are in a file. */
function placesOf({ evidence, path }: ReportedFinding): readonly Evidence[] {
  const all = [...evidence, ...path.map((step) => step.evidence ?? {})].filter(
    ({ file }) => file !== undefined,
  )
  const distinct = new Map(
    all.map((place) => [JSON.stringify([place.file, place.line, place.column]), place]),
  )
  return [...distinct.values()].slice(0, mostLocations)
}

function locationOf({ file, line, column, field }: Evidence) {
  const region =
    line === undefined
      ? {}
      : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } }
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(file ?? '') }, ...region },
    ...(field === undefined ? {} : { message: { text: text(field) } }),
  }
}

function stepOf({ id, note, evidence }: PathStep) {
  const place =
    evidence?.file === undefined ? {} : { physicalLocation: locationOf(evidence).physicalLocation }
  return {
    location: {
      ...place,
      logicalLocations: [{ fullyQualifiedName: visible(id) }],
      message: { text: text(note === undefined ? id : `${id}: ${note}`) },
    },
  }
}

function notification(message: string, evidence: Evidence, level: 'note' | 'warning' = 'note') {
  return {
    level,
    message: { text: text(message) },
    ...(evidence.file === undefined
      ? {}
      : { locations: [{ physicalLocation: locationOf(evidence).physicalLocation }] }),
  }
}

/** Plain text of SARIF, in which brackets would be a link (section 3.11.6). */
function text(words: string): string {
  return words
    .split('\n')
    .map((line) => visible(line).replaceAll(/[\\[\]]/g, String.raw`\$&`))
    .join('\n')
}

/** A path as a relative reference (RFC 3986); never another scheme, whatever a file is called. */
function uriOf(file: string): string {
  const path = file
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/')
  return path.startsWith('/') ? `file://${path}` : path
}
