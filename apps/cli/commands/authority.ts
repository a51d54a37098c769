import { connect, outputOf, refusalOf, type Connection } from '@plimsoll/control/client'
import type { Json } from '@plimsoll/base'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { findProject } from '../project.ts'
import { harmless, table, type Terminal } from '../terminal.ts'

export const authority: Command = {
  name: 'authority',
  usage: 'authority STEP [ID]',
  summary: 'who certifies identities: look, rotate it while everything runs, revoke',
  help: [
    'status: the authorities, what uses them, and who is revoked.',
    'A rotation has four steps, in this order; each answers when every replica has followed it:',
    'prepare: a next root, trusted by all from now on (the pair in .plimsoll/authority/external/, or a new one).',
    'activate: it issues from now on. taint: what the former one issued is replaced now. revoke: the former one is trusted no more.',
    'revoke spiffe://…: an identity, refused everywhere within seconds, also on open connections; restore brings it back.',
    'revoke SERIAL: one certificate, by its serial number; its replica gets another at once.',
  ].join('\n'),
  options: { force: { type: 'boolean' } },
  optionHelp: { '--force': 'go on although a replica has not followed the step before' },
  examples: [
    'plimsoll authority status',
    'plimsoll authority prepare',
    'plimsoll authority revoke spiffe://local/service/pricing',
  ],
  run,
}

const steps = ['prepare', 'activate', 'taint', 'revoke'] as const
type Step = (typeof steps)[number]

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const wish = wishOf(positionals)
  const connection = await connect(findProject(folder))
  try {
    if (wish === 'status') return await showStatus(connection, terminal)
    if ('step' in wish)
      return await rotate(connection, terminal, { ...wish, force: options['force'] === true })
    return await revoke(connection, terminal, wish)
  } finally {
    await connection.close()
  }
}

type Wish =
  | 'status'
  | { readonly step: Step; readonly id: string | undefined }
  | { readonly identity: string; readonly restore: boolean }
  | { readonly serial: string }

/** What the words ask for: an authority, an identity and a serial number are told apart by their form. */
function wishOf(words: readonly string[]): Wish {
  const [word = 'status', id, ...more] = words
  const wish = more.length > 0 ? undefined : id === undefined ? wishWithout(word) : wishFor(word, id)
  if (wish !== undefined) return wish
  throw usage(
    'authority takes a step, and an id where the step needs one',
    `plimsoll authority status|restore|${steps.join('|')} [ID]`,
  )
}

function wishWithout(word: string): Wish | undefined {
  if (word === 'status') return 'status'
  return isStep(word) ? { step: word, id: undefined } : undefined
}

function wishFor(word: string, id: string): Wish | undefined {
  if (word === 'restore') return { identity: id, restore: true }
  if (!isStep(word)) return undefined
  if (word !== 'revoke' || isAuthority(id)) return { step: word, id }
  return id.includes(':') ? { identity: id, restore: false } : { serial: id }
}

function isStep(text: string): text is Step {
  return (steps as readonly string[]).includes(text)
}

/** Shorter than any serial number here, so that the two are never mistaken for each other. */
function isAuthority(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text)
}

async function rotate(
  connection: Connection,
  terminal: Terminal,
  { step, id, force }: { readonly step: Step; readonly id: string | undefined; readonly force: boolean },
): Promise<ExitCode> {
  terminal.progress(`${step}: waiting until every replica has followed`)
  const answer = await connection.control('rotateAuthority', { step, force, ...(id !== undefined && { id }) })
  if (!answer.ok) throw refusalOf(answer.data)
  const { id: about, waiting } = answer.output as { id: string; waiting: readonly string[] }
  terminal.result({ step, id: about, waiting })
  terminal.say(`${terminal.style(['bold', 'green'], 'DONE')}  ${step} ${about}${nextOf(step)}`)
  if (waiting.length === 0) return 0
  terminal.say(
    `${terminal.style('red', 'waiting')}  ${waiting.join(', ')} have not followed yet: plimsoll authority status`,
  )
  return 1
}

function nextOf(step: Step): string {
  const next = steps[steps.indexOf(step) + 1]
  return next === undefined ? '' : `; next: plimsoll authority ${next}`
}

async function revoke(connection: Connection, terminal: Terminal, what: Json): Promise<ExitCode> {
  const answer = await connection.control('revoke', what)
  if (!answer.ok) throw refusalOf(answer.data)
  terminal.result(answer.output)
  terminal.say(`${terminal.style(['bold', 'green'], 'DONE')}  every replica is told`)
  return 0
}

interface Status {
  readonly epoch: number
  readonly authorities: readonly {
    readonly id: string
    readonly status: string
    readonly since: string
    readonly rootEnds: string
    readonly issuingEnds: string
    readonly usedBy: readonly string[]
  }[]
  readonly revoked: { readonly identities: readonly string[]; readonly serials: readonly string[] }
  readonly waiting: readonly string[]
}

async function showStatus(connection: Connection, terminal: Terminal): Promise<ExitCode> {
  const output = outputOf(await connection.control('authority', {}))
  terminal.result(output)
  const { epoch, authorities, revoked, waiting } = output as unknown as Status
  const rows = authorities.map(({ id, status, issuingEnds, rootEnds, usedBy }) => [
    `  ${id}`,
    terminal.style(status === 'active' ? 'green' : status === 'tainted' ? 'red' : 'dim', status),
    `issues until ${issuingEnds.slice(0, 10)}`,
    `root until ${rootEnds.slice(0, 10)}`,
    usedBy.length === 0 ? 'used by nobody' : `used by ${usedBy.join(', ')}`,
  ])
  terminal.say(
    `trust ${epoch}${waiting.length === 0 ? ', known to all' : `, not yet known to ${waiting.join(', ')}`}`,
  )
  for (const row of table(rows)) terminal.say(row)
  for (const name of [...revoked.identities, ...revoked.serials]) terminal.say(`  revoked ${harmless(name)}`)
  return 0
}
