import { connect, outputOf, verifyAuditFile } from '@plimsoll/control/client'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { findProject } from '../project.ts'
import { harmless, table, type Terminal } from '../terminal.ts'

export const audit: Command = {
  name: 'audit',
  usage: 'audit [verify]',
  summary: 'who did what to what runs; verify finds a changed or missing line',
  help: 'Every privileged act is written down before anything is touched, and with what came of it. Each line holds the hash of the line before. Note the last hash somewhere else: verify --head HASH then proves that nothing up to it was written anew.',
  options: { head: { type: 'string' }, lines: { type: 'string' } },
  optionHelp: {
    '--head HASH': 'a hash that was noted earlier, which the log must hold',
    '--lines N': 'how many acts are shown (50; at most 1000)',
  },
  examples: ['plimsoll audit', 'plimsoll audit verify'],
  run,
}

interface Entry {
  readonly number: number
  readonly at: string
  readonly who: string
  readonly act: string
  readonly outcome: string
  readonly facts: unknown
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const [word, ...rest] = positionals
  if (rest.length > 0 || (word !== undefined && word !== 'verify'))
    throw usage(
      `audit does not know ${harmless(positionals.join(' '))}`,
      'plimsoll audit, or plimsoll audit verify',
    )
  const head = typeof options['head'] === 'string' ? options['head'] : undefined
  if (word === 'verify') return verify(folder, head, terminal)
  if (head !== undefined) throw usage('--head belongs to audit verify', 'plimsoll audit verify --head HASH')
  return await show(folder, linesOf(options['lines']), terminal)
}

function linesOf(value: unknown): number {
  if (value === undefined) return 50
  const lines = Number(value)
  if (Number.isInteger(lines) && lines >= 1 && lines <= 1_000) return lines
  throw usage('--lines takes a number from 1 to 1000', 'plimsoll audit --lines 100')
}

function verify(folder: string, head: string | undefined, terminal: Terminal): ExitCode {
  if (head !== undefined && !/^sha256:[0-9a-f]{64}$/.test(head))
    throw usage('--head takes a hash as plimsoll audit shows it', 'plimsoll audit verify --head sha256:…')
  const report = verifyAuditFile(findProject(folder), head)
  terminal.result({ ...report })
  if (report.problems.length === 0) {
    terminal.say(`${terminal.style('green', 'whole')}: ${report.entries} lines, the last is ${report.head}`)
    return 0
  }
  for (const problem of report.problems)
    terminal.say(`${terminal.style('red', 'changed')}: ${harmless(problem)}`)
  return 1
}

async function show(folder: string, most: number, terminal: Terminal): Promise<ExitCode> {
  const connection = await connect(findProject(folder))
  try {
    const log = outputOf(await connection.control('audit', { most })) as unknown as {
      readonly entries: readonly Entry[]
      readonly head: { readonly hash: string }
    }
    terminal.result({ ...log })
    const rows = log.entries
      .toReversed()
      .map(({ number, at, who, act, outcome, facts }) => [
        `  ${number}`,
        at,
        harmless(who),
        act,
        terminal.style(outcome === 'refused' || outcome === 'failed' ? 'red' : 'dim', outcome),
        harmless(JSON.stringify(facts)).slice(0, 120),
      ])
    for (const row of table(rows)) terminal.say(row)
    terminal.say(`  head ${log.head.hash}`)
    return 0
  } finally {
    await connection.close()
  }
}
