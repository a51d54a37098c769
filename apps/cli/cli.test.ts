import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'

import { readArguments } from './arguments.ts'
import type { Command } from './command.ts'
import { loadCommands } from './commands/index.ts'
import { init } from './commands/init.ts'
import { release } from './commands/release.ts'
import { reportError, type Terminal } from './terminal.ts'

const commands = await loadCommands()
const program = join(import.meta.dirname, 'main.ts')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-cli-')))
after(() => rmSync(root, { recursive: true, force: true }))
const fresh = () => mkdtempSync(join(root, 'p-'))

interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function plimsoll(
  words: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Said> {
  const { cwd = root, env = {} } = options
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The same in this process, for what has nothing to do with processes. */
async function ran(command: Command, words: readonly string[], cwd: string): Promise<Said> {
  let [stdout, stderr] = ['', '']
  const terminal: Terminal = {
    json: false,
    colour: false,
    width: 100,
    say: (text = '') => void (stdout += `${text}\n`),
    progress: () => undefined,
    result: () => undefined,
    error: (text) => void (stderr += `${text}\n`),
    style: (_style, text) => text,
  }
  try {
    const code = await command.run({ ...readArguments(command, words), terminal, folder: cwd })
    return { code, stdout, stderr }
  } catch (error) {
    return { code: reportError(error, terminal), stdout, stderr }
  }
}

interface Reported {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly problems: readonly { readonly place: string; readonly message: string; readonly fix?: string }[]
  }
}

/** A folder with a configuration. */
function project(configuration: string | undefined, more: Readonly<Record<string, string>> = {}): string {
  const folder = fresh()
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  const files = {
    'package.json': '{ "type": "module" }',
    ...(configuration === undefined ? {} : { 'plimsoll.config.ts': configuration }),
    ...more,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

suite('the command line', () => {
  test('ends with 0 where it is fine, and says what it can do', async () => {
    for (const words of [
      [],
      ['help'],
      ['--help'],
      ['help', 'deploy'],
      ['deploy', '--help'],
      ['status', '-h'],
      ['--version'],
    ]) {
      const { code, stdout, stderr } = await plimsoll(words)
      assert.deepEqual([code, stderr], [0, ''], words.join(' '))
      assert.ok(stdout.length > 3)
    }
  })

  test('ends with 2 on wrong use, with what is wrong and what to do on standard error', async () => {
    const wrong = [
      ['status', '--histroy'],
      ['status', 'pricing'],
      ['up', 'pricing'],
      ['logs'],
      ['logs', 'a', '-n', '0'],
      ['call'],
      ['call', 'pricing'],
      ['call', 'a.b.c'],
      ['init', 'a', 'b'],
      ['rollback', 'a', 'b'],
      ['authority', 'exchange'],
      ['authority', 'restore'],
      ['authority', 'prepare', 'a', 'b'],
      ['consumer'],
      ['consumer', 'revoke'],
      ['call', 'a.b', '--input', '{}', '--input', '{}'],
    ]
    const answers = [
      await plimsoll(['depoly']),
      await plimsoll(['__proto__']),
      await plimsoll(['help', 'depoly']),
    ]
    for (const [name, ...words] of wrong) {
      const command = commands.find((known) => known.name === name) ?? assert.fail(name)
      answers.push(await ran(command, words, root))
    }
    for (const { code, stdout, stderr } of answers) {
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, /^error .+\n {2}fix .+\n$/)
    }
  })

  test('with --json says exactly one JSON value, also of errors, and nothing else', async () => {
    const folder = project('export const architecture = 5')
    const ways = [['status'], ['release'], ['depoly'], ['--version']]
    const answers = await Promise.all(ways.map((words) => plimsoll([...words, '--json'], { cwd: folder })))
    for (const [at, { stdout, stderr }] of answers.entries()) {
      assert.doesNotThrow(() => JSON.parse(stdout) as unknown, `${ways[at]?.join(' ') ?? ''}: ${stdout}`)
      assert.equal(stderr, '')
    }
    const { error } = JSON.parse(answers[2]?.stdout ?? '') as Reported
    assert.deepEqual(
      [error.code, error.problems.length, error.problems[0]?.fix !== undefined],
      ['USAGE', 1, true],
    )
  })

  test('ends with 1 where nothing runs, and with 2 where there is no project', async () => {
    const folder = project('export const architecture = 5')
    const [running, nowhere, gone] = await Promise.all([
      plimsoll(['status'], { cwd: folder }),
      plimsoll(['status'], { cwd: fresh() }),
      plimsoll(['status', '--project', '/no/such/folder']),
    ])
    assert.deepEqual([running?.code, nowhere?.code, gone?.code], [1, 2, 2])
    assert.match(running?.stderr ?? '', /nothing runs here[\s\S]*plimsoll up/)
    assert.match(nowhere?.stderr ?? '', /plimsoll init/)
  })

  test('obeys nothing that comes from outside', async () => {
    const folder = project(`throw new Error('\\u001b[2J\\u009b31m\\u202e owned')`)
    const { stderr } = await plimsoll(['release', '\u001b[31m'], { cwd: folder })
    assert.match(stderr, /owned/)
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(stderr), JSON.stringify(stderr))
    const { stdout } = await plimsoll(['release', '--json'], { cwd: folder })
    assert.match(stdout, /^[\u0020-\u007e\n]+$/)
  })

  test(
    'has no colours where nobody sees them, and none with NO_COLOR',
    { skip: spawnSync('script', ['--version']).status === 0 ? false : 'no script command' },
    () => {
      const onTerminal = (env: NodeJS.ProcessEnv) =>
        spawnSync('script', ['-qec', `${process.execPath} ${program} help`, '/dev/null'], {
          encoding: 'utf8',
          env: { ...process.env, NO_COLOR: '', TERM: 'xterm', ...env },
        }).stdout
      assert.ok(onTerminal({}).includes('\u001b['))
      assert.ok(!onTerminal({ NO_COLOR: '1' }).includes('\u001b['))
      assert.ok(!onTerminal({ TERM: 'dumb' }).includes('\u001b['))
    },
  )

  test('takes no offence where the reader has gone', async () => {
    const child = spawn(process.execPath, [program, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const code = await new Promise((resolve) => child.once('close', resolve))
    assert.deepEqual([code, said], [0, ''])
  })
})

suite('a broken configuration', () => {
  const define = (settings: string) =>
    `import { defineArchitecture } from '@plimsoll/architecture'\n\nexport const architecture = defineArchitecture(${settings})\n`
  const services = "services: { pricing: { entry: 'pricing.ts' } }"
  const contract = `import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'
export const pricing = defineContract({
  name: 'pricing', version: '1.0.0',
  operations: { quote: { input: z.object({}), output: z.object({}), access: 'public', deadline: '250' } },
})`
  /** What is wrong → configuration, and how the error begins. */
  const ways: Readonly<Record<string, readonly [string, RegExp, Readonly<Record<string, string>>?]>> = {
    'a syntax error': [
      'export const architecture = {\n  name: \n}',
      /^error plimsoll\.config\.ts:3(:\d+)?: .+\n {2}fix /,
    ],
    'TypeScript that Node does not run': [
      '\nenum Zone { Inner }',
      /^error plimsoll\.config\.ts:2(:\d+)?: .*enum.*\n {2}fix /,
    ],
    'an exception': [
      "const a = 1\n\nthrow new Error('no licence')",
      /^error plimsoll\.config\.ts:3:7: no licence\n {2}fix /,
    ],
    'something thrown that is no error': [
      "throw 'no licence'",
      /^error plimsoll\.config\.ts: no licence\n {2}fix /,
    ],
    'no export': [
      "export const arch = { name: 'shop' }",
      /^error plimsoll\.config\.ts: there is no export `architecture`\n {2}fix write: export const architecture/,
    ],
    'an import that is not there': [
      "import './missing.ts'",
      /^error plimsoll\.config\.ts: .*missing\.ts.*\n {2}fix /,
    ],
    'a wrong field': [
      define(`{\n  name: 'shop',\n  servces: {},\n  ${services} }`),
      /^error plimsoll\.config\.ts:5:\d+ servces: nothing is called "servces" here\n {2}fix it is one of .*services/,
    ],
    'an unknown zone': [
      define(
        `{\n  name: 'shop',\n  services: { pricing: { entry: 'a.ts',\n    zone: 'inner' } },\n  zones: { outer: { clearance: 'public' } } }`,
      ),
      /^error plimsoll\.config\.ts:6:\d+ services\.pricing\.zone: "inner" is not one of zones\n {2}fix use outer/,
    ],
    'a wrong number': [
      define(`{ name: 'shop', ${services},\n  gateway: { port: 99999 } }`),
      /^error plimsoll\.config\.ts:4:\d+ gateway\.port: 99999 is no port\n {2}fix /,
    ],
    'a day that no calendar has': [
      define(
        `{ name: 'shop', ${services},\n  waivers: [{ rule: 'CF7', subject: 'a', owner: 'b', reason: 'c', expires: '2026-02-30' }] }`,
      ),
      /^error plimsoll\.config\.ts:4:\d+ waivers\.0\.expires: "2026-02-30" is no day\n {2}fix /,
    ],
    'a plain object that nobody checked': [
      "export const architecture = {\n  name: 'Shop',\n  services: { pricing: { entry: 'a.ts' } } }",
      /^error plimsoll\.config\.ts:2:\d+ name: "Shop" is no name\n {2}fix /,
    ],
    'a bad duration in a contract that it imports': [
      "import { pricing } from './contracts/pricing.ts'\nexport const architecture = { pricing }",
      /^error contracts\/pricing\.ts:3:\d+ operations\.quote\.deadline: "250" is no duration\n {2}fix /,
      { 'contracts/pricing.ts': contract },
    ],
    'nothing in it': ['', /^error plimsoll\.config\.ts: there is no export/],
  }
  for (const [what, [configuration, message, more]] of Object.entries(ways)) {
    test(`with ${what} is told with file, line, field and what to do`, async () => {
      const folder = project(configuration, more)
      const { code, stdout, stderr } = await ran(release, [], folder)
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, message)
      assert.ok(!stderr.includes('    at '), 'no stack')
      assert.ok(!existsSync(join(folder, '.plimsoll/control.json')))
    })
  }

  test('is found from a folder inside the project', async () => {
    const folder = project('export const architecture = 5', { 'services/pricing/note.txt': '' })
    const { code, stderr } = await ran(release, [], join(folder, 'services/pricing'))
    assert.deepEqual([code, stderr.includes('plimsoll.config.ts')], [2, true])
  })
})

suite('init', () => {
  test('makes a project whose service can be released', async () => {
    const folder = fresh()
    const { code, stdout, stderr } = await ran(init, ['my-shop'], folder)
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /wrote {2}plimsoll\.config\.ts[\s\S]*cd my-shop/)
    const released = await plimsoll(['release', '--json'], { cwd: join(folder, 'my-shop') })
    assert.deepEqual(
      [released.code, (JSON.parse(released.stdout) as { name: string }[]).map(({ name }) => name)],
      [0, ['greeting']],
    )
  })

  test('writes into an empty folder, also one with a repository, and takes a name from it only where it is one', async () => {
    const folder = join(fresh(), 'My Shop')
    mkdirSync(join(folder, '.git'), { recursive: true })
    assert.equal((await ran(init, [], folder)).code, 0)
    assert.match(readFileSync(join(folder, 'plimsoll.config.ts'), 'utf8'), /name: 'hello'/)
  })

  test('writes over nothing, through no link, and says why', async () => {
    const folder = fresh()
    const full = join(folder, 'full')
    mkdirSync(full)
    writeFileSync(join(full, 'package.json'), 'mine')
    writeFileSync(join(folder, 'file'), 'mine')
    mkdirSync(join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
    const places = ['full', 'file', 'link', 'dangling', 'file/below', 'x'.repeat(300)]
    const answers = await Promise.all(places.map((place) => ran(init, [place], folder)))
    for (const [at, { code, stderr }] of answers.entries()) {
      assert.equal(code, 2, `${places[at] ?? ''}: ${stderr}`)
      assert.match(stderr, /^error \/.+: .+\n {2}fix name a new or an empty folder\n$/)
    }
    assert.deepEqual(readdirSync(full), ['package.json'])
    assert.deepEqual(
      [readFileSync(join(full, 'package.json'), 'utf8'), readFileSync(join(folder, 'file'), 'utf8')],
      ['mine', 'mine'],
    )
    assert.deepEqual(
      [readdirSync(join(folder, 'elsewhere')), existsSync(join(folder, 'nowhere'))],
      [[], false],
    )
  })

  test(
    'says so where it may not write',
    { skip: process.geteuid?.() === 0 ? 'root may write everywhere' : false },
    async () => {
      const folder = fresh()
      chmodSync(folder, 0o500)
      const { code, stderr } = await ran(init, ['shop'], folder)
      assert.deepEqual([code, /EACCES/.test(stderr)], [2, true])
    },
  )
})
