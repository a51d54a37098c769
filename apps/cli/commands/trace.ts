import type { Json } from '@plimsoll/base'
import { connect, outputOf } from '@plimsoll/control/client'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { CliRefusal, usage } from '../errors.ts'
import { findProject } from '../project.ts'
import { harmless, table, type Terminal } from '../terminal.ts'

export const trace: Command = {
  name: 'trace',
  usage: 'trace [ID]',
  summary: 'recent calls, each with everything that it led to',
  help: [
    'Without an ID: one line for each chain of calls that the processes remember, the newest first. With one, which an answer of the gateway',
    'carries as x-request-id and a log line as trace, or with the beginning of one: its spans as a tree. What failed and what was slow is remembered',
    'longer than the rest, and whether it was sampled makes no difference.',
  ].join('\n'),
  options: {
    service: { type: 'string' },
    slow: { type: 'boolean' },
    errors: { type: 'boolean' },
    most: { type: 'string', short: 'n' },
  },
  optionHelp: {
    '--service NAME': 'chains that this service took part in',
    '--slow': 'the slowest first',
    '--errors': 'chains in which something failed or was refused',
    '-n, --most N': 'how many (default 20)',
  },
  examples: ['plimsoll trace', 'plimsoll trace --errors', 'plimsoll trace 4bf92f35'],
  run,
}

/** One span as the control plane tells it. */
export interface ShownSpan {
  readonly service: string
  readonly instance: string
  readonly spanId: string
  readonly parentId?: string
  readonly name: string
  readonly kind: string
  readonly start: number
  readonly durationMs: number
  readonly code: string
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly events: readonly { readonly name: string; readonly at: number }[]
}

export interface ShownTrace {
  readonly traceId: string
  readonly spans: readonly ShownSpan[]
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { folder, terminal } = invocation
  const wanted = wantedOf(invocation)
  const connection = await connect(findProject(folder))
  try {
    const answer = outputOf(await connection.control('traces', inputOf(wanted)))
    const { traces } = answer as unknown as { traces: readonly ShownTrace[] }
    if (traces.length === 0) throw nothingFound(wanted)
    terminal.result(answer)
    const [first] = traces
    if (wanted.trace !== undefined && traces.length === 1 && first !== undefined) showTree(first, terminal)
    else showList(traces, terminal)
    return 0
  } finally {
    await connection.close()
  }
}

interface Wanted {
  readonly trace: string | undefined
  readonly service: string | undefined
  readonly only: 'slow' | 'errors' | undefined
  readonly most: number
}

/** Without what is not wanted. */
function inputOf(wanted: Wanted): Json {
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Json
}

function wantedOf({ positionals, options }: Invocation): Wanted {
  const [id, ...more] = positionals
  if (more.length > 0) throw usage('trace takes one id', 'plimsoll trace ID')
  if (id !== undefined && !/^[0-9a-f]{1,32}$/i.test(id))
    throw usage(
      `${JSON.stringify(id)} is no trace id`,
      'give the 32 hexadecimal digits of one, or the first of them',
    )
  if (options['slow'] === true && options['errors'] === true)
    throw usage('--slow and --errors do not go together', 'use either')
  const only = options['slow'] === true ? 'slow' : options['errors'] === true ? 'errors' : undefined
  return {
    trace: id?.toLowerCase(),
    service: textOption({ options }, 'service'),
    only,
    most: mostOf(options),
  }
}

function mostOf(options: Invocation['options']): number {
  const most = Number(textOption({ options }, 'most') ?? 20)
  if (Number.isInteger(most) && most >= 1 && most <= 200) return most
  throw usage('--most takes a number from 1 to 200', '--most 20')
}

function nothingFound({ trace: id, service, only }: Wanted): CliRefusal {
  const what = [
    id === undefined ? 'no calls' : `no trace that begins with ${id}`,
    service === undefined ? '' : ` of ${service}`,
    only === undefined ? '' : ` (--${only})`,
  ].join('')
  return new CliRefusal('CALL_FAILED', `${what} is remembered by any process that runs`, {
    fix: 'make a call, then ask again; the last 2,048 spans of each process are remembered, and what failed or was slow for longer',
  })
}

function showList(traces: readonly ShownTrace[], terminal: Terminal): void {
  const rows = traces.map(({ traceId, spans }) => {
    const [first] = spans
    const failed = spans.filter((span) => span.failed)
    return [
      new Date(first?.start ?? 0).toISOString(),
      traceId,
      milliseconds(durationOf(spans)),
      `${spans.length} spans`,
      harmless(first === undefined ? '' : `${first.instance} ${first.name}`),
      failed.length === 0
        ? harmless(first?.code ?? '')
        : terminal.style('red', harmless(failed.at(-1)?.code ?? '')),
    ]
  })
  for (const row of table(rows)) terminal.say(row)
}

/** The spans of a trace below each other, each below what it was done for. */
function showTree({ traceId, spans }: ShownTrace, terminal: Terminal): void {
  terminal.say(`${terminal.style('bold', traceId)}  ${milliseconds(durationOf(spans))}`)
  const begin = spans[0]?.start ?? 0
  const rows = treeOf(spans).map(({ span, lines }) => [
    `${terminal.style('dim', lines)}${harmless(span.name)} ${terminal.style('dim', span.kind)}`,
    harmless(span.instance),
    `+${milliseconds(span.start - begin)}`,
    milliseconds(span.durationMs),
    terminal.style(span.failed ? 'red' : 'green', harmless(span.code)),
    harmless(factsOf(span)),
  ])
  for (const row of table(rows)) terminal.say(`  ${row}`)
}

interface Branch {
  readonly span: ShownSpan
  /** What is drawn before its name. */
  readonly lines: string
}

/** Every span once, also where its parent is not remembered any more, or where parents lead in a circle. */
export function treeOf(spans: readonly ShownSpan[]): readonly Branch[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const children = Map.groupBy(spans, ({ parentId }) =>
    parentId !== undefined && ids.has(parentId) ? parentId : '',
  )
  const branches: Branch[] = []
  const seen = new Set<ShownSpan>()
  const add = (span: ShownSpan, lines: string, indent: string): void => {
    if (seen.has(span)) return
    seen.add(span)
    branches.push({ span, lines })
    const own = children.get(span.spanId) ?? []
    for (const [at, child] of own.entries()) {
      const last = at === own.length - 1
      add(child, `${indent}${last ? '└ ' : '├ '}`, `${indent}${last ? '  ' : '│ '}`)
    }
  }
  for (const root of children.get('') ?? []) add(root, '', '')
  for (const span of spans) add(span, '? ', '  ')
  return branches
}

function factsOf({ attributes, events }: ShownSpan): string {
  const attempts = Number(attributes['plimsoll.attempts'] ?? 1)
  const left = attributes['plimsoll.deadline.left']
  const status = attributes['http.response.status_code']
  return [
    status === undefined ? '' : `HTTP ${status}`,
    attempts > 1 ? `${attempts} attempts` : '',
    left === undefined ? '' : `${milliseconds(Number(left) * 1_000)} left`,
    attributes['plimsoll.consumer'] === undefined ? '' : `for ${String(attributes['plimsoll.consumer'])}`,
    ...events.map(({ name }) => name),
  ]
    .filter((fact) => fact !== '')
    .join(', ')
}

function durationOf(spans: readonly ShownSpan[]): number {
  const begin = spans[0]?.start ?? 0
  return Math.max(0, ...spans.map(({ start, durationMs }) => start + durationMs - begin))
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`
}
