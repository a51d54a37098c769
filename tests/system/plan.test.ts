import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { submit } from '@plimsoll/control/client'
import { startSystem, type System } from '@plimsoll/testbed'
import { greetingService, smallShop } from './small-shop.ts'

const program = join(import.meta.dirname, '../../apps/cli/main.ts')

interface Made {
  readonly digest: string
  readonly generation: number
  readonly wouldChange: boolean
  readonly changes: readonly {
    readonly change: string
    readonly part: string
    readonly field?: string
    readonly from?: unknown
    readonly to?: unknown
  }[]
  readonly drift: readonly { readonly kind: string; readonly subject: string; readonly service?: string }[]
  readonly verdict?: { readonly admitted: boolean }
}

suite('plan, apply and import', () => {
  let system: System
  const project = smallShop()
  before(async () => {
    system = await startSystem(project)
    await system.deploy()
  })
  after(() => system.close())

  async function plimsoll(...words: readonly string[]) {
    const child = spawn(process.execPath, [program, ...words, '--project', project.root], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout, stderr }
  }
  async function plan(...words: readonly string[]) {
    const said = await plimsoll('plan', '--json', ...words)
    return { code: said.code, plan: JSON.parse(said.stdout) as Made }
  }
  const pids = async () =>
    (await system.replicas()).map(({ instance, pid }) => `${instance} ${pid}`).toSorted()
  const configuration = () => readFileSync(join(project.root, 'plimsoll.config.ts'), 'utf8')

  test('a plan of exactly what runs is empty, says so, and touches nothing', async () => {
    const running = await pids()
    const { code, plan: made } = await plan('--exit-code')
    assert.equal(code, 0)
    assert.deepEqual([made.wouldChange, made.changes, made.drift, made.verdict], [false, [], [], undefined])
    assert.match((await plimsoll('plan')).stdout, /nothing would change/)
    assert.deepEqual(await pids(), running)
  })

  test('a plan tells what is added, changed and removed, with the field, and apply does exactly that', async () => {
    const former = configuration()
    project.write('greeting/service.ts', greetingService('Hi'))
    project.write(
      'plimsoll.config.ts',
      former
        .replace(
          "stores: { 'counter-data': { technology: 'sqlite' } }",
          "stores: { 'counter-data': { technology: 'sqlite', replicas: 2 } }",
        )
        .replace("failOn: 'critical'", "failOn: 'high'")
        .replace('consumers: { office:', 'consumers: { bureau:'),
    )
    const running = await pids()
    const { code, plan: made } = await plan('--exit-code')
    assert.deepEqual(
      made.changes.map(({ change, part, field = '' }) => `${change} ${part} ${field}`.trim()).toSorted(),
      [
        'added consumers.bureau',
        'changed policy failOn',
        'changed services.greeting release',
        'changed stores.counter-data replicas',
        'removed consumers.office',
      ],
    )
    assert.deepEqual([code, made.verdict?.admitted, made.wouldChange], [3, true, true])
    assert.deepEqual(await pids(), running, 'planning starts and ends nothing')
    const applied = await plimsoll('apply', '--plan', made.digest)
    assert.deepEqual([applied.code, applied.stderr], [0, ''])
    assert.match(applied.stdout, /~ services\.greeting {2}release: .* → /)
    assert.equal(
      ((await system.call('greeting.greet', { name: 'Ada' })) as { output?: { text: string } }).output?.text,
      'Hi, Ada',
    )
    assert.equal((await plan()).plan.wouldChange, false)
    const late = await plimsoll('apply', '--plan', made.digest)
    assert.equal(late.code, 1, 'a plan is done once')
  })

  test('a plan is not done where what runs or the sources changed since it was shown', async () => {
    project.write('greeting/service.ts', greetingService('Hey'))
    const { plan: made } = await plan()
    project.write('greeting/service.ts', greetingService('Oi'))
    const running = await pids()
    const refused = await plimsoll('apply', '--plan', made.digest)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /not the plan that was named/)
    assert.deepEqual(await pids(), running)
    project.write('greeting/service.ts', greetingService('Hey'))
    await system.deploy()
    assert.equal((await plimsoll('apply', '--plan', made.digest)).code, 1)
  })

  test('a refused plan ends with 1, and apply touches nothing', async () => {
    const former = configuration()
    project.write(
      'plimsoll.config.ts',
      former.replace("counter: { entry: 'counter/service.ts'", "counter: { entry: 'greeting/service.ts'"),
    )
    const wrong = await plimsoll('plan')
    assert.equal(wrong.code, 2, 'a configuration that cannot be built is wrong use, with its place')
    assert.match(wrong.stderr, /greeting\/contract\.ts:\d+/)
    project.write(
      'plimsoll.config.ts',
      former
        .replace("entry: 'greeting/service.ts'", "zone: 'open', entry: 'greeting/service.ts'")
        .replace('stores: {', "zones: { open: { clearance: 'public' } }, stores: {"),
    )
    const contract = readFileSync(join(project.root, 'greeting/contract.ts'), 'utf8')
    project.write(
      'greeting/contract.ts',
      contract
        .replace('import { defineContract }', 'import { defineContract, personal }')
        .replace('text: z.string()', 'text: personal(z.string())'),
    )
    const { code, plan: made } = await plan()
    const running = await pids()
    assert.deepEqual([code, made.verdict?.admitted], [1, false])
    const refused = await plimsoll('apply')
    assert.equal(refused.code, 1)
    assert.match(refused.stdout, /REFUSED/)
    assert.deepEqual(await pids(), running)
    project.write('greeting/contract.ts', contract)
    project.write('plimsoll.config.ts', former)
  })

  test('a changed program file is told by plan and status, and apply writes it anew and starts the service again', async () => {
    const { plan: clean } = await plan()
    assert.deepEqual(clean.drift, [])
    const folder = join(project.root, '.plimsoll/releases/run')
    const { deployment } = await system.connection.running()
    const release = String(deployment?.services['greeting']?.release).slice('sha256:'.length)
    const copy = join(folder, release, 'service.mjs')
    const good = readFileSync(copy, 'utf8')
    writeFileSync(copy, `${good}\nconsole.log('not vetted')\n`)
    const { code, plan: made } = await plan('--exit-code')
    assert.deepEqual(
      [code, made.changes.length, made.drift.map(({ kind, subject }) => [kind, subject])],
      [3, 0, [['copy', 'greeting']]],
    )
    assert.match((await plimsoll('status')).stdout, /drift: program of greeting/)
    const running = await pids()
    assert.equal((await plimsoll('apply', '--plan', made.digest)).code, 0)
    assert.equal(readFileSync(copy, 'utf8'), good)
    assert.notDeepEqual(await pids(), running)
    assert.equal((await plan()).plan.wouldChange, false)
  })

  test('an altered release in the store is built again; what was altered is kept to be looked at', async () => {
    const blobs = join(project.root, '.plimsoll/releases/blobs/sha256')
    const bundle = readdirSync(blobs)
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .toSorted((one, other) => statSync(join(blobs, other)).size - statSync(join(blobs, one)).size)
    const { deployment } = await system.connection.running()
    const copies = new Set(
      Object.values(deployment?.services ?? {}).map(({ release }) =>
        readFileSync(
          join(project.root, '.plimsoll/releases/run', release.slice('sha256:'.length), 'service.mjs'),
          'utf8',
        ),
      ),
    )
    const live = bundle.find((name) => copies.has(readFileSync(join(blobs, name), 'utf8'))) ?? ''
    writeFileSync(join(blobs, live), 'altered')
    const { plan: made } = await plan()
    assert.deepEqual(
      made.drift.map(({ kind }) => kind),
      ['release'],
    )
    assert.equal((await plimsoll('apply')).code, 0)
    assert.equal(readFileSync(join(blobs, `${live}.altered`), 'utf8'), 'altered')
    assert.equal((await plan()).plan.wouldChange, false)
  })

  test('a process that runs a release and was started by nobody here is told, and apply ends it and nothing else', async () => {
    const { deployment } = await system.connection.running()
    const release = String(deployment?.services['counter']?.release).slice('sha256:'.length)
    const copy = join(project.root, '.plimsoll/releases/run', release, 'service.mjs')
    // Another process that only names the file: it is none of those.
    const reader = spawn('sleep', ['60'], { argv0: `sleep ${copy}`, stdio: 'ignore' })
    // Its parent ends at once: it belongs to nobody here.
    const parent = spawnSync(
      'sh',
      ['-c', '"$0" -e "setTimeout(() => {}, 60_000)" "$1" >/dev/null 2>&1 & echo $!', process.execPath, copy],
      { encoding: 'utf8' },
    )
    const stranger = Number(parent.stdout)
    try {
      const running = await pids()
      const { plan: made } = await plan()
      assert.deepEqual(
        made.drift.map(({ kind, subject }) => [kind, subject]),
        [['process', String(stranger)]],
      )
      const applied = await plimsoll('apply')
      assert.equal(applied.code, 0)
      assert.match(applied.stdout, new RegExp(`ended process ${stranger}`))
      assert.deepEqual((await plan()).plan.drift, [])
      assert.equal(lives(stranger), false)
      assert.equal(reader.exitCode, null)
      assert.deepEqual(await pids(), running)
    } finally {
      reader.kill('SIGKILL')
      if (lives(stranger)) process.kill(stranger, 'SIGKILL')
    }
  })

  test('what was never shown is not repaired, and ids of other processes end nothing', async () => {
    const outcome = await system.connection.control('repair', {
      drift: [
        { kind: 'process', subject: String(process.pid) },
        { kind: 'process', subject: '1' },
        { kind: 'replica', subject: 'counter/0' },
        { kind: 'copy', subject: 'counter' },
      ],
    })
    assert.deepEqual(outcome.ok && outcome.output, { started: [], ended: [] })
  })

  test('a change for another generation is refused by the control plane itself', async () => {
    project.write('greeting/service.ts', greetingService('Howdy'))
    const candidate = await system.prepare()
    const { generation } = await system.connection.running()
    await assert.rejects(
      submit(await project.read(), candidate, system.connection, { expected: generation - 1 }),
      /made for generation/,
    )
    await submit(await project.read(), candidate, system.connection, { expected: generation })
  })

  test('what runs is written as a configuration against which a plan is empty, also where the old one is lost', async () => {
    const former = configuration()
    const there = await plimsoll('import', '--out', join(project.root, 'plimsoll.config.ts'))
    assert.equal(there.code, 2)
    assert.equal(configuration(), former, 'nothing is overwritten')
    rmSync(join(project.root, 'plimsoll.config.ts'))
    const written = await plimsoll('import', '--out', join(project.root, 'plimsoll.config.ts'))
    assert.deepEqual([written.code, written.stderr], [0, ''])
    assert.match(configuration(), /counterContract\.operations\.reset/)
    assert.deepEqual((await plan()).plan.changes, [])
    assert.ok(existsSync(join(project.root, 'plimsoll.config.ts')))
  })

  test('wrong uses are told', async () => {
    for (const [words, expected] of [
      [['apply', '--plan', 'latest'], /sha256/],
      [['import', 'counter'], /takes no name/],
      [['import', '--out', '/tmp/elsewhere.config.ts'], /folder of its project/],
      [['plan', 'nobody'], /no service "nobody"/],
      [['dev', 'counter'], /takes no name/],
    ] as const) {
      const said = await plimsoll(...words)
      assert.equal(said.code, 2, words.join(' '))
      assert.match(said.stderr, expected)
    }
  })
})

/** A process that has ended, and that nobody asked about, is still listed. */
function lives(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
