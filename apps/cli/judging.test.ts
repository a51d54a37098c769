import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import { readArguments } from './arguments.ts'
import type { ExitCode } from './command.ts'
import { loadCommands } from './commands/index.ts'
import { openTerminal } from './terminal.ts'

const commands = await loadCommands()
const program = join(import.meta.dirname, 'main.ts')
const root = mkdtempSync(join(tmpdir(), 'plimsoll-judging-'))
after(() => rmSync(root, { recursive: true, force: true }))

const compose = `services:
  web:
    image: nginx:1.27
    ports: ["80:80"]
    environment: { ORDERS_URL: "http://orders:8080" }
  orders:
    image: shop/orders:\${TAG:-1}
    environment: { DATABASE_URL: "postgres://db:5432/orders" }
    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
  db:
    image: postgres:17
`
const fixed = compose.replace('    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n', '')

let folders = 0
function folder(files: Readonly<Record<string, string>>): string {
  const path = join(root, String((folders += 1)))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

function plimsoll(cwd: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, stdout, stderr }
}

/** Without another process: what a command throws. */
async function runHere(cwd: string, [name, ...words]: readonly string[]): Promise<ExitCode> {
  const command = commands.find((known) => known.name === name)
  if (command === undefined) throw new TypeError(`no command ${name ?? ''}`)
  const nothing = () => undefined
  const terminal = { ...openTerminal({ json: false }), say: nothing, progress: nothing, result: nothing }
  return command.run({ ...readArguments(command, words), terminal, folder: cwd })
}

interface Report {
  readonly format: string
  readonly passed: boolean
  readonly architecture: {
    readonly components: readonly { readonly id: string; readonly image?: { readonly value: string } }[]
  }
  readonly findings: readonly {
    readonly rule: string
    readonly subject: string
    readonly fails: boolean
    readonly change?: string
  }[]
}

function report(cwd: string, words: readonly string[]): Report {
  return JSON.parse(plimsoll(cwd, ['vet', ...words, '--format', 'json']).stdout) as Report
}

suite('plimsoll vet FILE', () => {
  test('says on one screen what is wrong, and exits with 1 for what is severe enough, 0 for what is not', () => {
    const cwd = folder({ 'compose.yaml': compose })
    const { status, stdout } = plimsoll(cwd, ['vet', 'compose.yaml'])
    assert.equal(status, 1)
    assert.match(stdout, /^FAILED/)
    assert.match(stdout, /RH3 .*\n.*socket/)
    assert.ok(stdout.split('\n').length <= 41)
    assert.equal(
      plimsoll(folder({ 'compose.yaml': 'services: { db: { image: "postgres:17" } }' }), [
        'vet',
        'compose.yaml',
        '--fail-on',
        'critical',
      ]).status,
      0,
    )
  })

  test('reads a folder with what is in it, however deep, and the .env beside', () => {
    const cwd = folder({
      'deploy/base/compose.yaml': compose,
      'deploy/.env': 'TAG=7',
      'deploy/node_modules/x/compose.yaml': '{{{',
    })
    const { architecture } = report(cwd, ['deploy/'])
    assert.deepEqual(architecture.components.map(({ id }) => id).toSorted(), ['db', 'orders', 'web'])
    assert.equal(architecture.components.find(({ id }) => id === 'orders')?.image?.value, 'shop/orders:7')
  })

  test('writes what --out names, in the format of its name', () => {
    const cwd = folder({ 'compose.yaml': compose })
    for (const [name, pattern] of [
      ['report.html', /^<!doctype html>/],
      ['report.sarif', /"version": "2\.1\.0"/],
      ['report.json', /"format": "plimsoll\/report\/1"/],
    ] as const) {
      const { status, stdout } = plimsoll(cwd, ['vet', 'compose.yaml', '--out', name])
      assert.equal(status, 1)
      assert.match(stdout, /^FAILED/)
      assert.match(readFileSync(join(cwd, name), 'utf8'), pattern)
    }
    assert.deepEqual(
      readdirSync(cwd).filter((name) => name.endsWith('.part')),
      [],
    )
  })

  test('since an earlier report, only what is new fails', () => {
    const cwd = folder({ 'before.yaml': fixed, 'compose.yaml': compose })
    plimsoll(cwd, ['vet', 'compose.yaml', '--out', 'baseline.json'])
    assert.equal(plimsoll(cwd, ['vet', 'compose.yaml', '--since', 'baseline.json']).status, 0)
    plimsoll(cwd, ['vet', 'before.yaml', '--out', 'before.json'])
    const { passed, findings } = report(cwd, ['compose.yaml', '--since', 'before.json'])
    assert.equal(passed, false)
    assert.deepEqual(
      findings.filter(({ fails }) => fails).map(({ rule, change }) => `${rule} ${change ?? ''}`),
      ['RH3 new'],
    )
  })

  test('a waiver beside the files accepts a finding; one that is wrong is told with its line', () => {
    const waiver = (rule: string) =>
      `waivers:\n  - { rule: ${rule}, subject: orders, owner: ada, reason: moves next month, expires: 2999-01-01 }\n`
    const cwd = folder({ 'compose.yaml': compose, 'plimsoll.waivers.yaml': waiver('RH3') })
    assert.equal(report(cwd, ['compose.yaml']).findings.find(({ rule }) => rule === 'RH3')?.fails, false)
    writeFileSync(join(cwd, 'plimsoll.waivers.yaml'), waiver('RH33'))
    const { status, stderr } = plimsoll(cwd, ['vet', '.'])
    assert.equal(status, 2)
    assert.match(stderr, /plimsoll\.waivers\.yaml:2:\d+ waivers\.0\.rule: "RH33" is no rule/)
  })

  test('what is imagined is said, with what it does to the whole', () => {
    const cwd = folder({ 'compose.yaml': compose })
    assert.match(plimsoll(cwd, ['vet', 'compose.yaml', '--without', 'db']).stdout, /imagined {2}without db/)
    assert.match(
      plimsoll(cwd, ['vet', 'compose.yaml', '--kill', 'component:orders']).stdout,
      /component orders fails; down: orders/,
    )
    assert.match(
      plimsoll(cwd, ['vet', 'compose.yaml', '--add-call', 'web -> db', '--load', '3x']).stdout,
      /web calls db[^]*3 times the load/,
    )
    const unknown = plimsoll(cwd, ['vet', 'compose.yaml', '--without', 'ordres'])
    assert.equal(unknown.status, 2)
    assert.match(unknown.stderr, /orders/)
  })

  test('wrong use is told with what to do', async () => {
    const cwd = folder({ 'compose.yaml': compose, 'empty/readme.txt': '' })
    for (const [words, message] of [
      [['vet', 'compose.yaml', '--fail-on', 'severe'], /"severe" is no severity/],
      [['vet', 'compose.yaml', '--format', 'pdf'], /"pdf" is no format/],
      [['vet', 'compose.yaml', '--kill', 'payments'], /does not say what/],
      [['vet', 'compose.yaml', '--load', 'much'], /no factor/],
      [['vet', 'compose.yaml', 'pricing'], /do not go together/],
      [['vet', 'missing.yaml'], /there is no such file/],
      [['vet', 'empty/'], /there is no \.yaml/],
      [['vet', 'compose.yaml', '--out', 'no/such/report.json'], /cannot be written/],
      [['vet', '--since', 'x.json'], /--since is for files/],
      [['map'], /map needs a file/],
      [['map', 'compose.yaml', '--out', 'map.pdf'], /\.svg or a \.png/],
      [['rules', 'AV99'], /no rule "AV99"/],
    ] as const) {
      await assert.rejects(
        () => runHere(cwd, words),
        (error) => error instanceof InvalidInput && message.test(error.message) && error.fix !== undefined,
        words.join(' '),
      )
    }
  })

  test('attack: a link out of the folder is refused, in a folder and as what a file refers to', () => {
    const outside = folder({
      'secret.yaml': 'services: { leaked: { image: "x:1" } }',
      'secret.env': 'PASSWORD=hunter2',
    })
    const cwd = folder({ 'deploy/compose.yaml': compose })
    symlinkSync(join(outside, 'secret.yaml'), join(cwd, 'deploy/more.yaml'))
    const { status, stderr } = plimsoll(cwd, ['vet', 'deploy/'])
    assert.equal(status, 2)
    assert.match(stderr, /deploy\/more\.yaml: this link leads out of the folder/)
    rmSync(join(cwd, 'deploy/more.yaml'))
    symlinkSync(outside, join(cwd, 'deploy/linked'))
    symlinkSync(join(outside, 'secret.env'), join(cwd, 'deploy/app.env'))
    const reaching = `services:
  a: { extends: { file: linked/secret.yaml, service: leaked } }
  b: { extends: { file: "${join(outside, 'secret.yaml')}", service: leaked } }
  c: { extends: { file: ../../${String(folders - 1)}/secret.yaml, service: leaked } }
  d: { image: "y:1", env_file: app.env }
`
    writeFileSync(join(cwd, 'deploy/compose.yaml'), reaching)
    const { stdout } = plimsoll(cwd, ['vet', 'deploy/', '--format', 'json'])
    assert.doesNotMatch(stdout, /"x:1"|hunter2|PASSWORD/)
  })

  test('attack: a baseline that is garbage is refused with its place', () => {
    const cwd = folder({
      'compose.yaml': compose,
      'garbage.json': '{"format":"plimsoll/report/1","findings":[{}]}',
    })
    const { status, stderr } = plimsoll(cwd, ['vet', 'compose.yaml', '--since', 'garbage.json'])
    assert.equal(status, 2)
    assert.match(stderr, /garbage\.json findings\.0\.severity/)
  })
})

suite('plimsoll map', () => {
  test('draws the files as SVG', () => {
    const cwd = folder({ 'compose.yaml': compose })
    const { status, stdout } = plimsoll(cwd, ['map', 'compose.yaml'])
    assert.equal(status, 0)
    assert.match(stdout, /^<svg [^]*<\/svg>\n$/)
    assert.equal(plimsoll(cwd, ['map', '.', '--out', 'map.svg']).status, 0)
    assert.equal(readFileSync(join(cwd, 'map.svg'), 'utf8'), stdout)
  })

  test('without a browser a PNG says what to install', () => {
    const cwd = folder({ 'compose.yaml': compose })
    const { status, stderr } = plimsoll(cwd, ['map', 'compose.yaml', '--out', 'map.png'], {
      PATH: root,
      PLIMSOLL_CHROMIUM: undefined,
    })
    assert.equal(status, 1)
    assert.match(stderr, /Chromium.*none on this machine[^]*apt-get install chromium/)
    assert.ok(!existsSync(join(cwd, 'map.png')))
  })

  test(
    'with a browser it draws a PNG, and leaves nothing behind',
    { skip: browser() ? false : 'no chromium' },
    () => {
      const cwd = folder({ 'compose.yaml': compose, 'temporary/x': '' })
      const { status, stderr } = plimsoll(cwd, ['map', 'compose.yaml', '--out', 'map.png'], {
        TMPDIR: join(cwd, 'temporary'),
      })
      assert.equal(status, 0, stderr)
      assert.deepEqual([...readFileSync(join(cwd, 'map.png')).subarray(1, 4)], [...Buffer.from('PNG')])
      assert.deepEqual(
        readdirSync(join(cwd, 'temporary')).filter((name) => name.startsWith('plimsoll')),
        [],
      )
    },
  )
})

suite('plimsoll rules', () => {
  test('lists every rule, and tells of one why it matters and what removes it', () => {
    const { status, stdout } = plimsoll(root, ['rules'])
    assert.equal(status, 0)
    assert.match(stdout, /^AV1 +high +Single point of failure$/m)
    const one = plimsoll(root, ['rules', 'av1']).stdout
    for (const part of ['AV1 Single point of failure', 'Why it matters', 'What removes it', 'Speaks of'])
      assert.ok(one.includes(part), part)
  })
})

suite('the package plimsoll', () => {
  test('gives three calls: read, judge, analyse', async () => {
    const { read, judge, analyse } = await import('./index.ts')
    const architecture = read([{ name: 'compose.yaml', text: compose }])
    assert.ok(judge(architecture).findings.some(({ rule }) => rule === 'RH3'))
    assert.equal(analyse(architecture).format, 'plimsoll/analysis/1')
  })
})

function browser(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, 'chromium')))
}
