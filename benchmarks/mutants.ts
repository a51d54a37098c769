// Why: does the gate notice when a real architecture gets worse, and keep quiet when nothing changes? Counted, not believed.
import { emptyArchitecture, type Architecture } from '@plimsoll/architecture'
import { read } from '@plimsoll/architecture/read'
import { vet, type VettedFinding } from '@plimsoll/vetting'
import { corpus, type Source } from './mutants/corpus.ts'
import { operators } from './mutants/operators.ts'
import { rewritings } from './mutants/rewritings.ts'
import { shop } from './mutants/shop.ts'
import { table } from './table.ts'

/** One architecture before and after one thing was made worse. */
interface Mutant {
  readonly operator: string
  /** What was changed; the finding has to name it. */
  readonly about: string
  readonly before: Architecture
  readonly after: Architecture
  /** Ids of the rules of which one has to notice. */
  readonly rule: RegExp
}

const mostPerOperator = 16
/** Rules that look at one component alone: what linters of one file see. */
const linter = /^(?:RH|SC|IF17|AV2|AV4|OP1)/

/** Prints the table, what was missed, and the figures; the last line is one JSON object. */
export function run(): void {
  const sources = corpus()
  const mutants = [...sources.map(({ architecture }) => architecture), shop()].flatMap(mutantsOf)
  const outcomes = mutants.map((mutant) => ({ mutant, fresh: freshFindings(mutant) }))
  const noticed = (outcome: (typeof outcomes)[number], rule = outcome.mutant.rule) =>
    outcome.fresh.some((finding) => rule.test(finding.rule) && names(finding, outcome.mutant.about))
  const byOperator = Map.groupBy(outcomes, ({ mutant }) => mutant.operator)
  const rows = [...byOperator].map(([operator, list]) => {
    const killed = list.filter((outcome) => noticed(outcome)).length
    const seen = list.filter(({ fresh }) => fresh.some(({ rule }) => linter.test(rule))).length
    return [operator, String(list.length), percent(killed, list.length), percent(seen, list.length)]
  })
  const killed = outcomes.filter((outcome) => noticed(outcome)).length
  const seen = outcomes.filter(({ fresh }) => fresh.some(({ rule }) => linter.test(rule))).length
  const total = [
    'all',
    String(outcomes.length),
    percent(killed, outcomes.length),
    percent(seen, outcomes.length),
  ]
  console.log(
    table([
      ['made worse', 'mutants', 'noticed by the right rule', 'by rules of one component alone'],
      ...rows,
      total,
    ]),
  )
  console.log(
    `ratio to single-component rules, as file linters have them: ${(killed / Math.max(1, seen)).toFixed(2)} ×\n`,
  )
  for (const outcome of outcomes.filter((one) => !noticed(one)).slice(0, 30)) {
    const rules = outcome.fresh.map(({ rule }) => rule).join(' ')
    console.log(
      `missed  ${outcome.mutant.before.name}: ${outcome.mutant.operator} ${outcome.mutant.about} (new: ${rules === '' ? 'nothing' : rules})`,
    )
  }
  const alarms = falseAlarms(sources)
  console.log(`\n${alarms.edits} edits that change nothing: ${alarms.findings} new findings`)
  console.log(
    JSON.stringify({
      mutants: outcomes.length,
      killed: Number((killed / outcomes.length).toFixed(4)),
      edits: alarms.edits,
      falseAlarms: alarms.findings,
    }),
  )
}

function percent(part: number, whole: number): string {
  return `${((part / Math.max(1, whole)) * 100).toFixed(1)} %`
}

/** What is new in the architecture after, or worse. */
function freshFindings({ before, after }: Pick<Mutant, 'before' | 'after'>): readonly VettedFinding[] {
  const { findings } = vet({
    before,
    after,
    alone: emptyArchitecture(after.name),
    candidate: {},
    policy: { failOn: 'low', operatorCalls: false } as never,
    waivers: [],
  })
  return findings.filter(({ origin }) => origin !== 'existing')
}

function names({ subject, message, path, evidence: places, members }: VettedFinding, about: string): boolean {
  const parts = about.split(' -> ')
  const text = JSON.stringify([subject, message, path, places, members])
  return parts.some((part) => text.includes(part))
}

function mutantsOf(architecture: Architecture): readonly Mutant[] {
  return operators.flatMap(([operator, rule, apply]) =>
    [...apply(architecture)]
      .slice(0, mostPerOperator)
      .map(([about, before, after]) => ({ operator, rule, about, before, after })),
  )
}

/** Edits of the files that change nothing: each must give exactly the findings that were there. */
function falseAlarms(sources: readonly Source[]): { readonly edits: number; readonly findings: number } {
  let edits = 0
  let findings = 0
  for (const { files, environment, architecture } of sources) {
    for (const [edit, rewritten] of rewritings(files)) {
      edits += 1
      const after = read(rewritten, { environment, name: architecture.name })
      const fresh = freshFindings({ before: architecture, after })
      findings += fresh.length
      for (const { rule, subject } of fresh)
        console.log(`false alarm  ${architecture.name}: ${edit}: ${rule} ${subject}`)
    }
  }
  return { edits, findings }
}
