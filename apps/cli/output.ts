import { InvalidInput, messageOf } from '@plimsoll/base'
import type { Report } from '@plimsoll/vetting'
import { renderReport } from '@plimsoll/vetting/gate'
import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { textOption, type Invocation } from './command.ts'
import { usage, type CliErrorCode } from './errors.ts'

const formats = ['terminal', 'json', 'sarif', 'html'] as const
type Format = (typeof formats)[number]

/** Options of every command that writes a report. */
export const reportOptions = {
  format: { type: 'string' },
  out: { type: 'string' },
  all: { type: 'boolean' },
} as const

export const reportHelp = {
  '--format FORMAT': `${formats.join(', ')} (default terminal, or what the name of --out ends with)`,
  '--out FILE': 'write the report there; the terminal still gets its one screen',
  '--all': 'every finding in full, every question that is not evidenced',
} as const

/** Where a report goes. */
export interface Output {
  readonly format: Format
  readonly path?: string | undefined
  readonly all: boolean
}

/** @throws {InvalidInput} `USAGE` */
export function outputOf(invocation: Invocation): Output {
  const out = textOption(invocation, 'out')
  const named = textOption(invocation, 'format') ?? formatOf(out)
  const format = formats.find((known) => known === named)
  if (format === undefined)
    throw usage(`${JSON.stringify(named)} is no format`, `--format ${formats.join('|')}`)
  return {
    format,
    path: out === undefined ? undefined : resolve(invocation.folder, out),
    all: invocation.options['all'] === true,
  }
}

function formatOf(out = ''): Format {
  if (/\.sarif(?:\.json)?$/i.test(out)) return 'sarif'
  if (/\.json$/i.test(out)) return 'json'
  return /\.html?$/i.test(out) ? 'html' : 'terminal'
}

/** Writes a report: to a file and one screen, or in its format to standard output. */
export async function writeReport(
  report: Report,
  { format, path, all }: Output,
  { terminal }: Invocation,
): Promise<void> {
  if (path === undefined && format !== 'terminal') {
    process.stdout.write(await rendered(report, format))
    return
  }
  terminal.result(report)
  terminal.say(renderReport(report, { colour: terminal.colour, width: terminal.width, all }))
  if (path === undefined) return
  const plain = () => `${renderReport(report, { colour: false, width: 100, all })}\n`
  writeWhole(path, format === 'terminal' ? plain() : await rendered(report, format))
  terminal.progress(`written: ${relative('.', path)}`)
}

async function rendered(report: Report, format: Exclude<Format, 'terminal'>): Promise<string> {
  const { renderHtml, renderJson, renderSarif } = await import('@plimsoll/vetting')
  return { json: renderJson, sarif: renderSarif, html: renderHtml }[format](report)
}

/** A file that is there whole or not at all. @throws {InvalidInput} `USAGE` */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`
  try {
    writeFileSync(draft, content, { flag: 'wx' })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new InvalidInput<CliErrorCode>(
      'USAGE',
      [
        {
          message: `this cannot be written: ${messageOf(error)}`,
          place: { file: relative('.', path) },
          fix: 'name another file with --out',
        },
      ],
      { cause: error },
    )
  }
}
