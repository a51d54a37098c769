import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { graphOf } from '@plimsoll/architecture'
import { read } from '@plimsoll/architecture/read'
import { architecturalRules, checkArchitecturalRules, type ArchitecturalVerdict } from '@plimsoll/vetting'
import { stereotypeVerdicts, type Diagram } from './stereotype-script.ts'

/** What people said of one rule over one application. */
interface Label {
  readonly rule_text: string
  readonly verdict: boolean
  readonly related_model_items: readonly string[]
}

interface Application {
  readonly name: string
  readonly diagram: string
  readonly labels: Readonly<Record<string, Label>>
}

interface Row {
  readonly application: string
  readonly rule: string
  readonly label: Label
  readonly ours: ArchitecturalVerdict
  readonly peer: boolean | undefined
}

/** Agreement with the labels of microSecEnD (25 rules for each application), beside a script that matches stereotypes. */
export function run(): void {
  const folder = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'microsecend')
  if (!existsSync(folder)) {
    console.log(`no corpus at ${folder}: set PLIMSOLL_CORPUS`)
    console.log(JSON.stringify({ skipped: 'no corpus' }))
    return
  }
  const rows = applicationsIn(folder).flatMap(rowsOf)
  printRows(rows)
  printDisagreements(rows)
  const agreement = share(rows, ({ ours, label }) => ours.fulfilled === label.verdict)
  const peer = share(rows, ({ peer, label }) => peer === label.verdict)
  const open = rows.filter(({ ours }) => ours.fulfilled === undefined).length
  console.log(`\n${rows.length} labels; not evidenced: ${open}`)
  console.log(`plimsoll           ${percent(agreement)}`)
  console.log(`stereotype script  ${percent(peer)}  (ratio ${(agreement / peer).toFixed(3)})`)
  console.log(JSON.stringify({ agreement: rounded(agreement), peer: rounded(peer), labels: rows.length }))
}

function applicationsIn(folder: string): readonly Application[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'rules_model_items.json')))
    .map(({ name }) => ({
      name,
      diagram: readFileSync(join(folder, name, 'dataflow.json'), 'utf8'),
      labels: labelsIn(join(folder, name, 'rules_model_items.json')),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function labelsIn(file: string): Readonly<Record<string, Label>> {
  const { rules } = JSON.parse(readFileSync(file, 'utf8')) as { readonly rules: Record<string, Label> }
  return rules
}

function rowsOf({ name, diagram, labels }: Application): readonly Row[] {
  const verdicts = new Map(
    checkArchitecturalRules(graphOf(read([{ name: `${name}/dataflow.json`, text: diagram }]))).map(
      (verdict) => [verdict.rule, verdict],
    ),
  )
  const peers = stereotypeVerdicts(JSON.parse(diagram) as Diagram)
  return Object.entries(labels).flatMap(([rule, label]) => {
    const ours = verdicts.get(rule)
    return ours === undefined ? [] : [{ application: name, rule, label, ours, peer: peers[rule] }]
  })
}

function printRows(rows: readonly Row[]): void {
  for (const [application, own] of Map.groupBy(rows, (row) => row.application)) {
    const agreeing = own.filter(({ ours, label }) => ours.fulfilled === label.verdict).length
    console.log(`\n${application}: ${agreeing} of ${own.length}`)
    console.log('rule  label      ours       agree')
    for (const { rule, label, ours } of own)
      console.log(
        `${rule}   ${word(label.verdict)} ${word(ours.fulfilled)} ${ours.fulfilled === label.verdict ? 'yes' : 'NO'}`,
      )
  }
  console.log('\nby rule (agreeing of all)')
  for (const { id, text } of architecturalRules) {
    const own = rows.filter(({ rule }) => rule === id)
    const agreeing = own.filter(({ ours, label }) => ours.fulfilled === label.verdict).length
    console.log(`${id}   ${agreeing} of ${own.length}  ${text}`)
  }
}

function printDisagreements(rows: readonly Row[]): void {
  const disagreeing = rows.filter(({ ours, label }) => ours.fulfilled !== label.verdict)
  console.log(`\ndisagreements: ${disagreeing.length === 0 ? 'none' : ''}`)
  for (const { application, rule, label, ours } of disagreeing) {
    console.log(
      `${application} ${rule}: label ${word(label.verdict).trim()}, ours ${word(ours.fulfilled).trim()}`,
    )
    console.log(`  ours:  ${ours.reason} [${ours.items.slice(0, 8).join('; ')}]`)
    console.log(`  label: looks at [${label.related_model_items.slice(0, 8).join('; ')}]`)
  }
}

function share(rows: readonly Row[], agrees: (row: Row) => boolean): number {
  return rows.length === 0 ? 0 : rows.filter(agrees).length / rows.length
}

function word(value: boolean | undefined): string {
  return (value === undefined ? 'unknown' : value ? 'fulfilled' : 'violated').padEnd(10)
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`
}

function rounded(value: number): number {
  return Number(value.toFixed(4))
}

if (import.meta.main) run()
