import type { Evidence } from '@plimsoll/architecture'
import { severities } from '../../judge.ts'
import { escapeMarkup } from '../escape.ts'
import { placesOf } from '../map/index.ts'
import type { Report, ReportedFinding } from '../report.ts'
import { wayReader, type WayStep } from '../way.ts'

type Owners = ReadonlyMap<string, string>

/** The list of findings with its filters. Each is a native disclosure: it opens without a script, too. */
export function findingsSection(report: Report, owners: Owners): string {
  const read = wayReader(report.architecture)
  const reasons = new Map(report.rules.map(({ id, why }) => [id, why]))
  const items = report.findings.map((finding) =>
    findingItem(finding, { steps: read(finding), why: reasons.get(finding.rule) ?? '', owners }),
  )
  return `<section class="findings" id="findings" tabindex="-1" aria-labelledby="findings-title">
<h2 id="findings-title">Findings <span class="shown" aria-live="polite">${items.length}</span></h2>
${filters(report, owners)}
<div class="list">${items.length === 0 ? '<p class="empty">No findings.</p>' : items.join('\n')}</div>
<p class="empty none-shown" hidden>Nothing fits the filter.</p>
</section>`
}

function filters({ findings }: Report, owners: Owners): string {
  if (findings.length === 0) return ''
  const chips = severities.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return `<label class="chip ${severity}"><input type="checkbox" name="severity" value="${severity}" checked${count === 0 ? ' disabled' : ''}> ${severity}</label>`
  })
  const rules = [...new Map(findings.map(({ rule, title }) => [rule, `${rule} ${title}`]))].toSorted(
    ([a], [b]) => (a < b ? -1 : 1),
  )
  const places = [...new Set(findings.flatMap((finding) => placesOf(finding, owners)))].toSorted()
  return `<form class="filters" role="search" aria-label="Filter findings">
<label class="field grow"><span>Search</span><input type="search" name="text" placeholder="name, rule, words" autocomplete="off"></label>
<label class="field"><span>Rule</span><select name="rule"><option value="">all</option>${rules.map(([id, words]) => option(id, words)).join('')}</select></label>
<label class="field"><span>Component</span><select name="component"><option value="">all</option>${places.map((id) => option(id, id)).join('')}</select></label>
<fieldset><legend>Severity</legend>${chips.join('')}</fieldset>
</form>`
}

function option(value: string, words: string): string {
  return `<option value="${escapeMarkup(value)}">${escapeMarkup(words)}</option>`
}

interface Context {
  readonly steps: readonly WayStep[]
  readonly why: string
  readonly owners: Owners
}

function findingItem(finding: ReportedFinding, { steps, why, owners }: Context): string {
  const { rule, title, severity, message, fix, fingerprint, subject } = finding
  const places = placesOf(finding, owners)
  const onMap = [...new Set([...places, ...steps.flatMap(({ id }) => owners.get(id) ?? [])])]
  return `<details class="finding ${severity}" name="finding" id="f-${escapeMarkup(fingerprint)}" data-severity="${severity}" data-rule="${escapeMarkup(rule)}" data-places="${escapeMarkup(JSON.stringify(places))}" data-nodes="${escapeMarkup(JSON.stringify(onMap))}" data-links="${escapeMarkup(JSON.stringify(linksOf(steps, owners)))}">
<summary><span class="severity">${severity}</span><span class="title">${escapeMarkup(title)}</span><span class="rule">${escapeMarkup(rule)}</span><span class="subject">${escapeMarkup(subject)}${state(finding)}</span></summary>
<div class="body">
<p class="message">${escapeMarkup(message)}</p>
<p class="fix"><b>Fix</b> ${escapeMarkup(fix)}</p>
${waiver(finding)}${way(steps)}${evidence(finding)}
<p class="why"><b>Why it matters</b> ${escapeMarkup(why)}</p>
<p class="fingerprint">fingerprint <code>${escapeMarkup(fingerprint)}</code></p>
</div>
</details>`
}

function state({ change, origin, waiver: waived, fails }: ReportedFinding): string {
  const words = [change, origin, waived === undefined ? undefined : 'waived', fails ? 'fails' : undefined]
  return words
    .filter((word) => word !== undefined)
    .map((word) => `<span class="state">${word}</span>`)
    .join('')
}

function waiver({ waiver: waived }: ReportedFinding): string {
  if (waived === undefined) return ''
  return `<p class="waiver"><b>Waived</b> by ${escapeMarkup(waived.owner)} until ${escapeMarkup(waived.expires)}: ${escapeMarkup(waived.reason)}</p>`
}

/** Pairs of components that the way joins. */
function linksOf(steps: readonly WayStep[], owners: Owners): readonly (readonly [string, string])[] {
  return steps.flatMap(({ id, leadsOn }, at) => {
    const [from, to] = [owners.get(id), owners.get(steps[at + 1]?.id ?? '')]
    return leadsOn && from !== undefined && to !== undefined && from !== to ? [[from, to] as const] : []
  })
}

function way(steps: readonly WayStep[]): string {
  if (steps.length === 0) return ''
  const items = steps.map(
    ({ id, note, evidence: place, leadsOn }) =>
      `<li${leadsOn ? ' class="leads-on"' : ''}><b>${escapeMarkup(id)}</b>${note === undefined ? '' : ` <span class="note">${escapeMarkup(note)}</span>`}${place?.file === undefined ? '' : ` <code>${escapeMarkup(where(place))}</code>`}</li>`,
  )
  const isWay = steps.some(({ leadsOn }) => leadsOn)
  return `<h3>${isWay ? 'Path' : 'Places'}</h3><ol class="way">${items.join('')}</ol>`
}

function evidence({ evidence: places, path }: ReportedFinding): string {
  const told = new Set(path.flatMap((step) => (step.evidence === undefined ? [] : [where(step.evidence)])))
  const others = [...new Set(places.map(where))].filter((place) => place !== '' && !told.has(place))
  if (others.length === 0) return ''
  return `<h3>Evidence</h3><ul class="evidence">${others.map((place) => `<li><code>${escapeMarkup(place)}</code></li>`).join('')}</ul>`
}

function where({ file, line, field, how }: Evidence): string {
  const position = [file, line].filter((part) => part !== undefined).join(':')
  return [position, field, how === 'inferred' ? '(inferred)' : undefined]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
}
