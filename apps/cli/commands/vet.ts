import { buildReleases, connectIfRunning, vetCandidate } from '@plimsoll/control/client'
import type { Severity } from '@plimsoll/architecture'
import {
  judge,
  readBaseline,
  readWaivers,
  renderVerdict,
  reportOfVerdict,
  reportOn,
  severities,
  waiversName,
  type Baseline,
  type FileWaiver,
} from '@plimsoll/vetting'
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { textOption, textOptions, type Command, type ExitCode, type Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { readForeign, readingHelp, readingOptions } from '../foreign.ts'
import { outputOf, reportHelp, reportOptions, writeReport } from '../output.ts'
import { hasProject, readProject } from '../project.ts'
import { isFolder, isSource, readText } from '../sources.ts'
import { imaginingHelp, imaginingOptions, whatIf, wishesOf } from '../what-if.ts'

const largestReport = 64 * 1024 * 1024
/** Options that only a judgement of files takes: a project has its policy and its waivers in its configuration. */
const ofFiles = [
  'fail-on',
  'since',
  'waivers',
  ...Object.keys(readingOptions),
  ...Object.keys(imaginingOptions),
]

export const vetCommand: Command = {
  name: 'vet',
  usage: 'vet [SERVICE… | FILE… | FOLDER/…]',
  summary: 'judge a change together with what runs, or an architecture that Plimsoll did not write',
  help: [
    'Without a file: builds the services of the configuration (or those that are named), and judges what they would make of what',
    'runs here; of nothing, where nothing runs. Nothing is touched. With files or folders (written with a slash, such as deploy/):',
    'reads Compose, Kubernetes, OpenAPI and the other formats as one architecture, and judges it with the same rules. A fact that',
    `is not in the files is unknown, never fine. Findings that are accepted stand in ${waiversName} beside the files.`,
  ].join('\n'),
  options: {
    'fail-on': { type: 'string' },
    entry: { type: 'string' },
    since: { type: 'string' },
    waivers: { type: 'string' },
    ...reportOptions,
    ...readingOptions,
    ...imaginingOptions,
  },
  optionHelp: {
    '--fail-on SEVERITY': `exit with 1 from this severity on: ${severities.join(', ')} (default high; for files)`,
    ...reportHelp,
    '--since REPORT.json': 'fail only for what is new or worse than in an earlier JSON report',
    '--waivers FILE': `accepted findings, instead of ${waiversName} beside the first file`,
    ...imaginingHelp,
    ...readingHelp,
    '--entry FILE': 'another entry module for the one service that is named',
  },
  examples: [
    'plimsoll vet',
    'plimsoll vet compose.yaml',
    'plimsoll vet deploy/ --out report.html',
    'plimsoll vet compose.yaml --without redis',
    'plimsoll vet pricing --json',
  ],
  run,
}

function run(invocation: Invocation): Promise<ExitCode> {
  const { folder, positionals } = invocation
  // Where there is no project, no word can be the name of a service.
  const files = positionals.filter(
    (word) => isSource(word) || (isFolder(resolve(folder, word)) && !hasProject(folder)),
  )
  if (files.length === 0) return vetProject(invocation)
  if (files.length < invocation.positionals.length)
    throw usage('services and files do not go together', 'name either')
  return Promise.resolve(vetFiles(invocation, files))
}

async function vetProject(invocation: Invocation): Promise<ExitCode> {
  const { folder, positionals, options, terminal } = invocation
  const foreign = ofFiles.find((name) => options[name] !== undefined)
  if (foreign !== undefined)
    throw usage(`--${foreign} is for files`, 'name a file, or set it in plimsoll.config.ts')
  const output = outputOf(invocation)
  const project = await readProject(folder)
  const connection = await connectIfRunning(project)
  try {
    const running = await connection?.running()
    const releases = await buildReleases(project, {
      services: positionals,
      entry: textOption({ options }, 'entry'),
    })
    const { verdict, after } = await vetCandidate(project, releases, running?.deployment)
    if (output.format === 'terminal' && output.path === undefined) {
      terminal.result(verdict)
      terminal.say(
        renderVerdict(verdict, after, { colour: terminal.colour, width: terminal.width, all: output.all }),
      )
    } else {
      writeReport(
        reportOfVerdict(verdict, after, project.settings.policy?.failOn ?? 'high'),
        output,
        invocation,
      )
    }
    return verdict.admitted ? 0 : 1
  } finally {
    await connection?.close()
  }
}

function vetFiles(invocation: Invocation, names: readonly string[]): ExitCode {
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
        })
  writeReport(report, output, invocation)
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
