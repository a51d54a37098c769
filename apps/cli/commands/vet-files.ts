import type { Severity } from '@plimsoll/architecture'
import {
  judge,
  readBaseline,
  readWaivers,
  reportOn,
  severities,
  waiversName,
  type Baseline,
  type FileWaiver,
} from '@plimsoll/vetting'
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { textOption, textOptions, type ExitCode, type Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { readForeign } from '../foreign.ts'
import { outputOf, writeReport } from '../output.ts'
import { readText } from '../sources.ts'
import { whatIf, wishesOf } from '../what-if.ts'

const largestReport = 64 * 1024 * 1024

/** Judges the architecture that files and folders describe. */
export async function vetFiles(invocation: Invocation, names: readonly string[]): Promise<ExitCode> {
  const failOn = severityOption(textOption(invocation, 'fail-on') ?? 'high')
  const output = outputOf(invocation)
  const wishes = wishesOf(invocation)
  const { architecture, folder } = readForeign(invocation, names)
  const baseline = baselineOf(invocation)
  const settings = { failOn, waivers: waiversOf(invocation, folder) }
  const imagined = wishes.length === 0 ? undefined : whatIf(architecture, wishes)
  const report =
    imagined === undefined
      ? reportOn(architecture, { ...settings, since: baseline })
      : reportOn(imagined.architecture, {
          ...settings,
          since: baseline ?? judge(architecture).findings,
          imagined: imagined.words,
          before: architecture,
        })
  await writeReport(report, output, invocation)
  return report.passed ? 0 : 1
}

function baselineOf(invocation: Invocation): Baseline | undefined {
  const [name] = textOptions(invocation, 'since')
  if (name === undefined) return undefined
  const path = resolve(invocation.folder, name)
  return readBaseline(readText(path, largestReport), relative('.', path))
}

function waiversOf(invocation: Invocation, folder: string): readonly FileWaiver[] {
  const named = textOption(invocation, 'waivers')
  const path = named === undefined ? join(folder, waiversName) : resolve(invocation.folder, named)
  if (named === undefined && !existsSync(path)) return []
  return readWaivers(readText(path), relative('.', path))
}

function severityOption(text: string): Severity {
  const severity = severities.find((known) => known === text)
  if (severity !== undefined) return severity
  throw usage(`${JSON.stringify(text)} is no severity`, `--fail-on ${severities.join('|')}`)
}
