import { rules, type Rule } from '@plimsoll/vetting'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { table, type Terminal } from '../terminal.ts'

export const rulesCommand: Command = {
  name: 'rules',
  usage: 'rules [ID]',
  summary: 'what is looked for: all rules, or one with its reason, fix and examples',
  help: 'Lists every rule with its severity, or tells of one what it looks for, why, and what removes it.',
  options: {},
  optionHelp: {},
  examples: ['plimsoll rules', 'plimsoll rules AV1'],
  run,
}

async function run({ positionals, terminal }: Invocation): Promise<ExitCode> {
  const [id, ...more] = positionals
  if (more.length > 0) throw usage('rules takes one id', 'plimsoll rules AV1')
  if (id === undefined) list(terminal)
  else await tell(find(id), terminal)
  return 0
}

function list(terminal: Terminal): void {
  terminal.result(rules.map(({ id, severity, title }) => ({ id, severity, title })))
  terminal.say(
    table(rules.map(({ id, severity, title }) => [terminal.style('bold', id), severity, title])).join('\n'),
  )
  terminal.say(`\n${rules.length} rules; plimsoll rules ID tells more of one`)
}

function find(id: string): Rule {
  const wanted = id.toLowerCase()
  const rule = rules.find((known) => known.id.toLowerCase() === wanted)
  if (rule !== undefined) return rule
  const near = rules
    .filter((known) => known.id.toLowerCase().startsWith(wanted.slice(0, 3)))
    .map((known) => known.id)
  throw usage(
    `there is no rule ${JSON.stringify(id)}`,
    near.length === 0 ? 'plimsoll rules lists them' : `did you mean ${near.slice(0, 6).join(', ')}?`,
  )
}

async function tell({ id, title, severity, why, fix, examples }: Rule, terminal: Terminal): Promise<void> {
  const { good, bad } = await examples()
  const names = { good: Object.keys(good), bad: Object.keys(bad) }
  terminal.result({ id, title, severity, why, fix, examples: names })
  const part = (label: string, lines: readonly string[]) => {
    if (lines.length === 0) return
    terminal.say(`\n${terminal.style('bold', label)}`)
    for (const line of lines) terminal.say(`  ${line}`)
  }
  terminal.say(`${terminal.style('bold', `${id} ${title}`)}  ${severity}`)
  part('Why it matters', folded(why, terminal.width - 2))
  part('What removes it', folded(fix, terminal.width - 2))
  part('Speaks of', names.bad)
  part('Is silent about', names.good)
}

/** A sentence in lines of a width. */
function folded(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
