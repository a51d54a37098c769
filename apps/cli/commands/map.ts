import { InvalidInput } from '@plimsoll/base'
import { judge, renderMap } from '@plimsoll/vetting'
import { relative, resolve } from 'node:path'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { readForeign } from '../foreign.ts'
import { writeWhole } from '../output.ts'
import { pictureOf } from '../picture.ts'
import { readingHelp, readingOptions } from '../reading.ts'

export const mapCommand: Command = {
  name: 'map',
  usage: 'map FILE…',
  summary: 'draw an architecture: components, calls, zones, and where findings are',
  help: [
    'Reads files and folders as `plimsoll vet` does, and draws them: callers left, what they call right. Above 140 components, one',
    'box stands for each zone, network, owner or name. Without --out the SVG goes to standard output.',
  ].join('\n'),
  options: { out: { type: 'string' }, ...readingOptions },
  optionHelp: {
    '--out FILE': 'map.svg or map.png; a PNG needs Chromium on this machine',
    ...readingHelp,
  },
  examples: ['plimsoll map compose.yaml --out map.svg', 'plimsoll map deploy/ --out map.png'],
  run,
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { positionals, folder, terminal } = invocation
  if (positionals.length === 0) throw usage('map needs a file', 'plimsoll map compose.yaml --out map.svg')
  const out = textOption(invocation, 'out')
  if (out !== undefined && !/\.(?:svg|png)$/i.test(out))
    throw new InvalidInput('USAGE', [
      { message: 'a map is an .svg or a .png', place: { file: out }, fix: '--out map.svg' },
    ])
  const { architecture } = readForeign(invocation, positionals)
  const map = renderMap(architecture, judge(architecture).findings)
  if (out === undefined) {
    process.stdout.write(map.svg)
    return 0
  }
  const path = resolve(folder, out)
  writeWhole(path, /\.png$/i.test(out) ? await pictureOf(map) : map.svg)
  const written = { file: relative('.', path), width: map.width, height: map.height }
  terminal.result(written)
  terminal.say(`written: ${written.file} (${map.width} × ${map.height})`)
  return 0
}
