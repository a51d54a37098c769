import {
  imagine,
  type Architecture,
  type Imagined,
  type ImaginedChange,
  type KillKind,
} from '@plimsoll/architecture'
import { textOptions, type Invocation } from './command.ts'
import { usage } from './errors.ts'

const killKinds: readonly KillKind[] = ['host', 'zone', 'component', 'store', 'secret', 'certificate']
const mostNamed = 5

/** Options that imagine the architecture to be different. */
export const imaginingOptions = {
  without: { type: 'string', multiple: true },
  kill: { type: 'string', multiple: true },
  'add-call': { type: 'string', multiple: true },
  load: { type: 'string' },
} as const

export const imaginingHelp = {
  '--without NAME': 'imagine a component, operation or call away, and say what is new then',
  '--kill WHAT:NAME': `imagine that something fails: ${killKinds.join(', ')}, such as host:node-1`,
  "--add-call 'A->B'": 'imagine one more call',
  '--load FACTOR': 'imagine more load at the entries, such as 3x',
} as const

/** One change, and how people say it. */
export interface Wish {
  readonly change: ImaginedChange
  readonly words: string
}

/** What would be, and in words what was imagined. */
export interface WhatIf {
  readonly architecture: Architecture
  readonly words: readonly string[]
}

/** The changes that the options ask for. @throws {InvalidInput} `USAGE` */
export function wishesOf(invocation: Invocation): readonly Wish[] {
  return [
    ...textOptions(invocation, 'without').map((name) => ({
      change: { kind: 'without', name } as const,
      words: `without ${name}`,
    })),
    ...textOptions(invocation, 'kill').map(killed),
    ...textOptions(invocation, 'add-call').map(added),
    ...textOptions(invocation, 'load').map(loaded),
  ]
}

/**
 * All changes one after the other, and what differs then.
 * @throws {InvalidInput} where a name is unknown, with the closest that exist
 */
export function whatIf(architecture: Architecture, wishes: readonly Wish[]): WhatIf {
  let current = architecture
  const words: string[] = []
  for (const { change, words: said } of wishes) {
    const imagined = imagine(current, change)
    words.push([said, ...effects(imagined)].join('; '))
    current = imagined.architecture
  }
  return { architecture: current, words }
}

function effects({ down, weakened, lost, degraded }: Imagined): readonly string[] {
  return [
    ...told('down', down),
    ...told('with fewer replicas', weakened),
    ...told('no longer answer', lost),
    ...told('answer in part', degraded),
  ]
}

function told(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return [`${what}: ${names.slice(0, mostNamed).join(', ')}${more}`]
}

function killed(text: string): Wish {
  const [what, ...rest] = text.split(':')
  const name = rest.join(':')
  const kind = killKinds.find((known) => known === what)
  if (kind === undefined || name === '')
    throw usage(
      `--kill ${JSON.stringify(text)} does not say what`,
      `write --kill ${killKinds.join('|')}:NAME`,
    )
  return { change: { kind: 'kill', what: kind, name }, words: `${kind} ${name} fails` }
}

function added(text: string): Wish {
  const [from, to, ...more] = text.split('->').map((part) => part.trim())
  if (from === undefined || from === '' || to === undefined || to === '' || more.length > 0)
    throw usage(
      `--add-call ${JSON.stringify(text)} is no call`,
      "write --add-call 'orders.place -> payments.charge'",
    )
  return { change: { kind: 'add-call', from, to }, words: `${from} calls ${to}` }
}

function loaded(text: string): Wish {
  const factor = /^\d+(?:\.\d+)?x?$/i.test(text) ? Number.parseFloat(text) : 0
  if (!(factor > 0 && factor <= 1_000_000))
    throw usage(`--load ${JSON.stringify(text)} is no factor`, 'write --load 3x')
  return { change: { kind: 'load', factor }, words: `${factor} times the load` }
}
