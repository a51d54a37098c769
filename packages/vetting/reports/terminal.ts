import type { Evidence, Severity } from '@plimsoll/architecture'
import { formatPlace, shortDigest } from '@plimsoll/base'
import type { Verdict } from '../finding.ts'
import { severities } from '../judge.ts'
import type { Coverage } from './coverage.ts'
import { writeDelta } from './delta-lines.ts'
import { TextPage, type Piece, type ReportOptions, type Style } from './lines.ts'
import { reportOfVerdict, type Compared, type Report, type ReportedFinding } from './report.ts'
import { wayReader, type WayStep } from './way.ts'

export interface TerminalOptions extends ReportOptions {
  /** Every finding in full, every question that is not evidenced. Default false: one screen. */
  readonly all?: boolean | undefined
}

const severityStyle: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'dim',
}
/** Lines that a screen has for findings, beside what is said above and below of them. */
const linesForFindings = 25
const mostNamed = 6
const indent = '          '

/** The gate's answer for the terminal: the verdict, what refuses, what else is new, what was there before. */
export function renderVerdict(verdict: Verdict, compared: Compared, options: TerminalOptions): string {
  const report = reportOfVerdict(verdict, compared, 'high')
  const page = new TextPage(options)
  headOfVerdict(page, verdict)
  headOfCoverage(page, report)
  const fresh = report.findings.filter(({ origin }) => origin !== 'existing')
  const before = report.findings.filter(({ origin }) => origin === 'existing')
  renderFindings(page, { report, shown: fresh, options, ways: true })
  if (report.delta !== undefined) writeDelta(page, report.delta, { indent, all: options.all === true })
  if (options.all === true) renderFindings(page, { report, shown: before, options })
  else if (before.length > 0)
    tail(page, 'before', `${before.length} that were there already: ${named(before)}`)
  renderRest(page, report, options)
  return page.text()
}

/** One judgement for the terminal: one screen that begins with the verdict and the worst, or everything. */
export function renderReport(report: Report, options: TerminalOptions): string {
  const page = new TextPage(options)
  headOfReport(page, report)
  headOfCoverage(page, report)
  const shown = report.findings.filter(({ change, waiver }) => change !== 'known' && waiver === undefined)
  renderFindings(page, { report, shown, options })
  if (report.delta !== undefined) writeDelta(page, report.delta, { indent, all: options.all === true })
  renderRest(page, report, options)
  return page.text()
}

function headOfVerdict(page: TextPage, verdict: Verdict): void {
  const releases = Object.entries(verdict.candidate).map(([name, digest]) => `${name} ${shortDigest(digest)}`)
  const what =
    releases.length === 0
      ? 'no release changes'
      : releases.length > 3
        ? `${releases.length} releases`
        : releases.join(', ')
  const refusing = verdict.findings.filter(({ refuses }) => refuses)
  const emergent = refusing.filter(({ origin }) => origin === 'emergent').length
  if (verdict.admitted) {
    page.fitted([['bold', 'green'], 'ADMITTED'], `  ${what}; ${counts(verdict.findings)}`)
    return
  }
  const kinds = emergent === 0 ? '' : `, ${emergent} of them emergent`
  page.fitted(
    [['bold', 'red'], 'REFUSED'],
    `   ${what}; ${refusing.length} ${refusing.length === 1 ? 'finding refuses' : 'findings refuse'} it${kinds}; nothing was touched`,
  )
}

function headOfReport(page: TextPage, report: Report): void {
  const failing = report.findings.filter(({ fails }) => fails)
  const compared = report.findings.some(({ change }) => change !== undefined)
  const fresh = compared ? 'new or worse ' : ''
  const verdict: Piece = report.passed ? [['bold', 'green'], 'PASSED  '] : [['bold', 'red'], 'FAILED  ']
  const why = report.passed
    ? `nothing ${fresh}at ${report.failOn} or above`
    : `${failing.length} ${fresh}${failing.length === 1 ? 'finding' : 'findings'} at ${report.failOn} or above`
  page.fitted(verdict, '  ', ['bold', report.architecture.name], `  ${why} (${counts(report.findings)})`)
  for (const change of report.imagined ?? []) page.wrapped(change, { indent: 'imagined  ', style: 'cyan' })
}

function headOfCoverage(page: TextPage, { architecture, coverage }: Report): void {
  const { components, operations, calls } = architecture
  const parts = [
    `${components.length} components`,
    ...(operations.length === 0 ? [] : [`${operations.length} operations`]),
    `${calls.length} calls`,
  ]
  page.line(
    ['dim', 'seen      '],
    `${parts.join(', ')}; of the facts that rules ask for, ${percent(coverage)} are in the files`,
  )
  const kinds = coverage.kinds.map((kind) => `${kind.about} ${percent(kind)}`)
  if (kinds.length > 0) page.wrapped(kinds.join(', '), { indent, style: 'dim' })
  page.gap()
}

function percent({ known, asked }: Pick<Coverage, 'known' | 'asked'>): string {
  if (asked === 0) return '0%'
  const share = (known / asked) * 100
  return `${share > 0 && share < 1 ? 1 : Math.floor(share)}%`
}

/** Findings, worst first: as many as one screen holds, or all. */
function renderFindings(
  page: TextPage,
  {
    report,
    shown,
    options,
    ways = false,
  }: {
    readonly report: Report
    readonly shown: readonly ReportedFinding[]
    readonly options: TerminalOptions
    /** Every step of the way of what refuses. */
    readonly ways?: boolean
  },
): void {
  const read = wayReader(report.architecture)
  const until = options.all === true ? Infinity : page.length + linesForFindings
  const ordered = options.all === true ? shown : varied(shown)
  let at = 0
  for (; at < ordered.length; at += 1) {
    const finding = ordered[at]
    if (finding === undefined || (page.length + 5 > until && at > 0)) break
    const all = options.all === true
    renderFinding(page, finding, { steps: read(finding), all, way: all || (ways && finding.fails) })
  }
  const left = ordered.slice(at)
  if (left.length > 0) tail(page, 'more', `${named(left)}; --all shows each`)
}

/** What fails first, then by severity; the first of each rule before the second of any, so that one screen tells more. */
function varied(findings: readonly ReportedFinding[]): readonly ReportedFinding[] {
  const seen = new Map<string, number>()
  const ranked = findings.map((finding) => {
    const ordinal = seen.get(finding.rule) ?? 0
    seen.set(finding.rule, ordinal + 1)
    return { finding, rank: (finding.fails ? 0 : 10) + severities.indexOf(finding.severity), ordinal }
  })
  return ranked.toSorted((a, b) => a.rank - b.rank || a.ordinal - b.ordinal).map(({ finding }) => finding)
}

function renderFinding(
  page: TextPage,
  finding: ReportedFinding,
  { steps, all, way }: { readonly steps: readonly WayStep[]; readonly all: boolean; readonly way: boolean },
): void {
  const { severity, rule, title, message, fix, origin, change, waiver, fingerprint } = finding
  const because = origin === undefined ? change : origins[origin]
  page.fitted(
    [severityStyle[severity], severity.padEnd(indent.length)],
    ['bold', `${rule} ${title}`],
    ['dim', because === undefined ? '' : `  (${because})`],
  )
  const most = way ? undefined : 2
  page.wrapped(message, { indent, most })
  if (way) renderWay(page, finding, steps)
  else page.fitted(['dim', indent + inOneLine(steps, finding.evidence)])
  page.wrapped(fix, { indent: '     fix  ', style: 'green', most })
  if (waiver !== undefined)
    page.wrapped(`waived by ${waiver.owner} until ${waiver.expires}: ${waiver.reason}`, {
      indent,
      style: 'cyan',
    })
  if (all) page.line(indent, ['dim', `fingerprint ${fingerprint}`])
  page.gap()
}

/** Every step with its place, then the evidence that is not on the way. */
function renderWay(page: TextPage, { evidence }: ReportedFinding, steps: readonly WayStep[]): void {
  for (const step of steps) page.line(indent, ...stepPieces(step))
  const told = new Set(['', ...steps.map((step) => where(step.evidence))])
  for (const place of new Set(evidence.map(where))) if (!told.has(place)) page.line(indent, ['dim', place])
}

const origins = {
  emergent: 'emergent: neither what runs nor the release has it alone',
  candidate: 'the release has it by itself',
  existing: 'it was there before',
} as const

function stepPieces({ id, note, evidence, leadsOn }: WayStep): readonly Piece[] {
  const place = where(evidence)
  return [
    id,
    [
      'dim',
      `${note === undefined ? '' : `  ${note}`}${place === '' ? '' : `  ${place}`}${leadsOn ? '  →' : ''}`,
    ],
  ]
}

/** The first place, and the way: `compose.yaml:12  storefront → orders → payments`. */
function inOneLine(steps: readonly WayStep[], evidence: readonly Evidence[]): string {
  const isWay = steps.some(({ leadsOn }) => leadsOn)
  const names = (isWay ? steps : [])
    .slice(0, mostNamed)
    .map(({ id, leadsOn }, at, { length }) => (at === length - 1 ? id : `${id}${leadsOn ? ' → ' : ', '}`))
  const more = isWay && steps.length > mostNamed ? ` … ${steps.length - mostNamed} more` : ''
  const places = [...new Set([...evidence, ...steps.map((step) => step.evidence)].map(where))].filter(
    (place) => place !== '',
  )
  const place = `${places[0] ?? ''}${places.length > 1 ? ` +${places.length - 1}` : ''}`
  return [place, names.join('') + more].filter((part) => part !== '').join('  ')
}

function where(evidence: Evidence | undefined): string {
  if (evidence?.file === undefined) return ''
  const { file, line, how } = evidence
  return `${file}${line === undefined ? '' : `:${line}`}${how === 'inferred' ? ' (inferred)' : ''}`
}

/** What is below the findings: waivers, what is gone, what is not known, what was not read. */
function renderRest(page: TextPage, report: Report, { all }: TerminalOptions): void {
  const { findings, removed, unknowns, remarks, architecture } = report
  const known = findings.filter(({ change, waiver }) => change === 'known' && waiver === undefined)
  const waived = findings.filter(({ waiver, origin }) => waiver !== undefined && origin === undefined)
  if (known.length > 0) tail(page, 'known', `${known.length} that the earlier report has: ${named(known)}`)
  if (waived.length > 0) tail(page, 'waived', `${waived.length}: ${named(waived)}`)
  for (const { message, place, fix } of remarks)
    tail(page, 'waiver', `${formatPlace(place)}: ${message}; ${fix ?? ''}`)
  if (removed.length > 0) tail(page, 'gone', `${removed.length}: ${named(removed)}`)
  if (unknowns.length > 0) {
    tail(
      page,
      'unknown',
      `${unknowns.length} questions that the files do not answer, none counted as fine: ${byRule(unknowns)}`,
    )
    if (all === true)
      for (const { rule, message } of unknowns) page.wrapped(`${rule}  ${message}`, { indent })
  }
  const { notes } = architecture
  if (notes.length > 0) {
    const shown = all === true ? notes : notes.slice(0, 2)
    tail(
      page,
      'not read',
      `${notes.length}: ${shown.map(({ message, evidence }) => `${where(evidence)} ${message}`).join('; ')}`,
    )
  }
}

function tail(page: TextPage, label: string, text: string): void {
  page.wrapped(text, { indent: label.padEnd(indent.length), most: 8 })
}

/** `2 high AV1 orders, CF1; 3 low RH5 (3)`: rules by how bad they are, with the subject where there are few. */
function named(findings: readonly Pick<ReportedFinding, 'rule' | 'subject' | 'severity'>[]): string {
  const few = findings.length <= 4
  const bySeverity = Map.groupBy(findings, ({ severity }) => severity)
  return severities
    .flatMap((severity) => {
      const its = bySeverity.get(severity)
      if (its === undefined) return []
      const byRule = [...Map.groupBy(its, ({ rule }) => rule)]
      const words = byRule.slice(0, 10).map(([rule, same]) => {
        if (same.length > 1) return `${rule} (${same.length})`
        return few ? `${rule} ${same[0]?.subject ?? ''}` : rule
      })
      return [`${severity} ${words.join(', ')}${byRule.length > 10 ? ` and ${byRule.length - 10} more` : ''}`]
    })
    .join('; ')
}

function byRule(unknowns: Report['unknowns']): string {
  const rules = [...Map.groupBy(unknowns, ({ rule }) => rule)].toSorted(([, a], [, b]) => b.length - a.length)
  const words = rules.slice(0, 12).map(([rule, its]) => `${rule} ${its.length}`)
  return `${words.join(', ')}${rules.length > 12 ? `, ${rules.length - 12} more rules` : ''}`
}

function counts(findings: readonly { readonly severity: Severity }[]): string {
  const words = severities
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`)
  return words.length === 0 ? 'no findings' : words.join(', ')
}
