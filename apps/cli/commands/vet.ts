import { severities, waiversName } from '@plimsoll/vetting/gate'
import { resolve } from 'node:path'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { reportHelp, reportOptions } from '../output.ts'
import { readingHelp, readingOptions } from '../reading.ts'
import { hasProject } from '../root.ts'
import { isFolder, isSource } from '../sources.ts'
import { imaginingHelp, imaginingOptions } from '../what-if.ts'

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

async function run(invocation: Invocation): Promise<ExitCode> {
  const { folder, positionals } = invocation
  // Where there is no project, no word can be the name of a service.
  const files = positionals.filter(
    (word) => isSource(word) || (isFolder(resolve(folder, word)) && !hasProject(folder)),
  )
  if (files.length === 0) return await vetOwnProject(invocation)
  if (files.length < invocation.positionals.length)
    throw usage('services and files do not go together', 'name either')
  // Neither waits for what only the other needs.
  const { vetFiles } = await import('./vet-files.ts')
  return await vetFiles(invocation, files)
}

async function vetOwnProject(invocation: Invocation): Promise<ExitCode> {
  const foreign = ofFiles.find((name) => invocation.options[name] !== undefined)
  if (foreign !== undefined)
    throw usage(`--${foreign} is for files`, 'name a file, or set it in plimsoll.config.ts')
  const { vetProject } = await import('./vet-project.ts')
  return await vetProject(invocation)
}
