import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openAuthority, spiffeId } from '@plimsoll/identity'
import type { Directory, WorkloadSet, WorkloadSpec } from '../engine.ts'
import type { LocalBounds } from './bounds.ts'
import { createLocalEngine } from './engine.ts'
import { withoutWalls } from './isolation/bare.fixture.ts'
import { Isolation, type Launch, type LaunchCommand } from './isolation/isolation.ts'
import { openSocketFolders } from './isolation/socket-folders.ts'
import { ServiceUsers } from './isolation/users.ts'
import { lastLines, LogFile } from './log-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-engine-'))
after(() => rmSync(folder, { recursive: true }))
const authority = openAuthority(join(folder, 'authority'), 'shop.internal')
const directory: Directory = {
  snapshotFor: () => ({ revision: 1, endpoints: {}, callers: {} }),
  configurationFor: () => undefined,
}
const quick: Partial<LocalBounds> = {
  startMs: 2_000,
  drainMs: 300,
  pingMs: 50,
  mostMissed: 3,
  firstPauseMs: 20,
  longestPauseMs: 40,
}
const ready = `process.send({ type: 'ready', address: '127.0.0.1:4000' })`
const pong = `process.on('message', ({ type }) => { if (type === 'ping') process.send({ type: 'pong' }); if (type === 'drain') process.exit(0) })`

const sockets = openSocketFolders(folder)
after(() => sockets.remove())

/** A machine that refuses now and then what a start needs. */
class Reluctant extends Isolation {
  refuses = false

  override commandFor(launch: Launch): LaunchCommand {
    if (this.refuses) throw new Error('no space for another control group')
    return super.commandFor(launch)
  }
}

let programs = 0

/** An engine, and what it and its programs said. */
function workshop(bounds: Partial<LocalBounds> = quick, isolation: Isolation = withoutWalls) {
  const log: string[] = []
  let changes = 0
  const engine = createLocalEngine({
    authority,
    isolation,
    sockets,
    users: new ServiceUsers(folder),
    logFolder: folder,
    logger: { write: (level, event, facts) => void log.push(JSON.stringify({ level, event, ...facts })) },
    onEndpoints: () => (changes += 1),
    bounds,
  })
  const specOf = (code: string, replicas: number): WorkloadSpec => {
    programs += 1
    const service = `pricing-${programs}`
    const program = join(folder, `${service}.mjs`)
    writeFileSync(program, code)
    return {
      service,
      identity: spiffeId('shop.internal', 'service', service),
      program,
      replicas,
      externals: {},
      callees: [],
      network: 'none',
      dataFolder: folder,
      serverNames: [],
    }
  }
  return {
    log,
    changes: () => changes,
    start: (code: string, replicas = 1) => engine.start(specOf(code, replicas), directory),
  }
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await pause(20)
  assert.ok(holds(), String(holds))
}

const pidsOf = (set: WorkloadSet) => set.replicas().map(({ pid }) => pid)

suite('the local engine', () => {
  test('starts replicas with nothing of its own environment, and lets them end', async () => {
    process.env['SHOP_PASSWORD'] = 'hunter2'
    const shop = workshop()
    const set = await shop.start(
      `${pong}; console.log(JSON.stringify([process.env, process.argv.slice(2), process.execArgv])); ${ready}`,
      2,
    )
    delete process.env['SHOP_PASSWORD']
    const pids = pidsOf(set)
    assert.ok(pids.every(isAlive))
    assert.equal(set.endpoints().length, 2)
    assert.deepEqual(
      set.replicas().map(({ state, restarts }) => [state, restarts]),
      [
        ['ready', 0],
        ['ready', 0],
      ],
    )
    await set.drain()
    assert.ok(!pids.some(isAlive))
    assert.deepEqual(set.endpoints(), [])
    const said = readFileSync(join(folder, `${set.spec.service}-0.log`), 'utf8')
    assert.match(said, /^\[\{.*\},\[\],\["--max-old-space-size=\d+"\]\]$/m)
    assert.ok(!said.includes('hunter2') && !said.includes('PATH'))
    assert.equal(statSync(join(folder, `${set.spec.service}-0.log`)).mode & 0o777, 0o600)
  })

  test('says why a program ended at once, with its last lines', async () => {
    const { start } = workshop()
    const failing = start(`console.error('no database here'); process.exit(3)`)
    await assert.rejects(failing, (error: Error & { code: string; fix: string }) => {
      assert.equal(error.code, 'START')
      assert.match(error.message, /pricing-\d+\/0 did not start: exit code 3\nno database here/)
      return /plimsoll logs/.test(error.fix)
    })
    await assert.rejects(
      start(`process.send({ type: 'stopped', reason: 'port 1 is taken' }); process.disconnect()`),
      /port 1 is taken/,
    )
    await assert.rejects(start(`process.kill(process.pid, 'SIGKILL')`), /signal SIGKILL/)
    await assert.rejects(start('this is no program'), /did not start[\s\S]*SyntaxError: /)
  })

  test('ends a program that never says that it is ready', async () => {
    const { start } = workshop({ ...quick, startMs: 400 })
    await assert.rejects(
      start(
        `console.log(process.pid); setInterval(() => {}, 1000); process.on('SIGTERM', () => {}); process.on('message', () => {})`,
      ),
      (error: Error) => {
        assert.match(error.message, /not ready within 0\.4 s/)
        assert.ok(!isAlive(Number(error.message.split('\n').at(-1))))
        return true
      },
    )
  })

  test('leaves none where one of several does not start', async () => {
    const { start } = workshop()
    const counter = join(folder, 'turns')
    writeFileSync(counter, '')
    const code = `import { appendFileSync, readFileSync } from 'node:fs'
      appendFileSync(${JSON.stringify(counter)}, process.pid + '\\n')
      ${pong}
      process.on('message', ({ type, instance }) => {
        if (type === 'bootstrap' && instance.endsWith('/1')) process.exit(1)
        if (type === 'bootstrap') ${ready}
      })`
    await assert.rejects(start(code, 3), { code: 'START' })
    const pids = readFileSync(counter, 'utf8').trim().split('\n').map(Number)
    assert.equal(pids.length, 3)
    assert.ok(!pids.some(isAlive))
  })

  test('kills a program that ignores the word to end', async () => {
    const { start } = workshop()
    const set = await start(
      `${pong.replace("if (type === 'drain') process.exit(0)", '')}; process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); setInterval(() => {}, 1000); ${ready}`,
    )
    const [pid] = pidsOf(set)
    await set.drain()
    assert.ok(!isAlive(pid))
    assert.deepEqual(
      set.replicas().map(({ state, lastExit }) => [state, lastExit]),
      [['stopped', 'signal SIGKILL']],
    )
  })

  test('does not start a program again that says it is ready when it is told to end', async () => {
    const { start } = workshop()
    const set = await start(
      `process.on('message', ({ type }) => { if (type === 'drain') { ${ready}; setTimeout(() => process.exit(1), 50) } }); ${ready}`,
    )
    await set.drain()
    await pause(300)
    assert.deepEqual(
      set.replicas().map(({ state, restarts, pid }) => [state, restarts, pid]),
      [['stopped', 0, undefined]],
    )
    assert.deepEqual(set.endpoints(), [])
  })

  test('ends with a program what that has started, and does not wait for what escapes', async () => {
    const { start } = workshop()
    const children = join(folder, 'children')
    const set = await start(`
      import { spawn } from 'node:child_process'
      import { writeFileSync } from 'node:fs'
      ${pong}
      const idle = ['-e', 'setInterval(() => {}, 1000)']
      const near = spawn(process.execPath, idle, { stdio: 'inherit' })
      const away = spawn(process.execPath, idle, { stdio: 'inherit', detached: true })
      writeFileSync(${JSON.stringify(children)}, near.pid + ' ' + away.pid)
      ${ready}`)
    const [near, away] = readFileSync(children, 'utf8').split(' ').map(Number)
    try {
      await set.drain()
      await until(() => !isAlive(near))
    } finally {
      if (isAlive(away)) process.kill(away ?? 0, 'SIGKILL')
    }
  })

  test('starts a program again that died, and says so of one that always dies', async () => {
    const shop = workshop({ ...quick, quickDeaths: 3 })
    const set = await shop.start(`${pong}; ${ready}; setTimeout(() => process.exit(7), 30)`)
    await until(() => set.replicas()[0]?.state === 'crash-loop')
    assert.ok((set.replicas()[0]?.restarts ?? 0) >= 2)
    assert.equal(set.replicas()[0]?.lastExit, 'exit code 7')
    assert.ok(shop.log.some((line) => line.includes('replica ended') && line.includes('exit code 7')))
    await set.drain()
    const { restarts, pid } = set.replicas()[0] ?? assert.fail()
    await pause(200)
    assert.deepEqual(
      [set.replicas()[0]?.restarts, pid, set.replicas()[0]?.state],
      [restarts, undefined, 'stopped'],
    )
  })

  test('goes on where the machine refuses what a restart needs, and starts it when it gives it again', async () => {
    const reluctant = new Reluctant({ node: process.execPath, users: false, permissions: false, walls: [] })
    const shop = workshop(quick, reluctant)
    const set = await shop.start(`${pong}; ${ready}`)
    reluctant.refuses = true
    process.kill(pidsOf(set)[0] ?? 0, 'SIGKILL')
    await until(() => /no space for another/.test(set.replicas()[0]?.lastExit ?? ''))
    reluctant.refuses = false
    await until(() => set.replicas()[0]?.state === 'ready')
    await set.drain()
  })

  test('ends a program that was ready once, and after its death never again', async () => {
    const mark = join(folder, 'was-ready')
    const shop = workshop({ ...quick, startMs: 500 })
    const set = await shop.start(`
      import { existsSync, writeFileSync } from 'node:fs'
      process.on('message', () => {})
      if (!existsSync(${JSON.stringify(mark)})) { writeFileSync(${JSON.stringify(mark)}, ''); ${ready}; setTimeout(() => process.exit(1), 20) }
      setInterval(() => {}, 1000)`)
    await until(() => (set.replicas()[0]?.restarts ?? 0) >= 2)
    assert.match(set.replicas()[0]?.lastExit ?? '', /not ready within/)
    await set.drain()
  })

  test('ends and starts again a program whose event loop is stuck', async () => {
    const shop = workshop()
    const mark = join(folder, 'was-stuck')
    const set = await shop.start(`
      import { existsSync, writeFileSync } from 'node:fs'
      ${pong}
      ${ready}
      if (!existsSync(${JSON.stringify(mark)})) { writeFileSync(${JSON.stringify(mark)}, ''); setTimeout(() => { for (;;); }, 20) }`)
    await until(() => set.replicas()[0]?.restarts === 1 && set.replicas()[0]?.state === 'ready')
    assert.ok(shop.log.some((line) => line.includes('replica stuck')))
    await set.drain()
  })

  test('believes nothing that a program says before it has looked at it', async () => {
    const shop = workshop()
    const nonsense = [
      null,
      5,
      'ready',
      [],
      {},
      { type: 'ready' },
      { type: 'ready', address: 5 },
      { type: 'ready', address: 'evil.example:1' },
      { type: 'ready', address: 'x'.repeat(100) },
      { type: '__proto__' },
      { type: 'constructor' },
      { type: 'bootstrap' },
      { type: 'drain' },
      { type: 'stopped' },
      { type: 'certificate-request' },
      { type: 'certificate-request', publicKey: 'key', proof: 'x' },
      { type: 'certificate-request', publicKey: 5, proof: 5 },
      { type: 'certificate-request', publicKey: 'key', proof: 'x', names: 'localhost' },
      { type: 'certificate-request', publicKey: 'key', proof: 'x', names: [5] },
      { type: ['ready'], address: '127.0.0.1:1' },
      { type: 'pong', extra: 'x'.repeat(10_000) },
    ]
    const set = await shop.start(
      `${pong}; for (const message of ${JSON.stringify(nonsense)}) process.send(message); ${ready}`,
    )
    assert.deepEqual(set.endpoints(), [{ address: '127.0.0.1:4000', instance: `${set.spec.service}/0` }])
    assert.equal(shop.log.filter((line) => line.includes('certificate refused')).length, 1)
    await set.drain()
  })

  test('gives a certificate for the identity that the replica was started with, whoever asks', async () => {
    const shop = workshop()
    const told = join(folder, 'certificate')
    const set = await shop.start(`
      import { writeFileSync } from 'node:fs'
      import { createKey, proveKey } from ${JSON.stringify(import.meta.resolve('@plimsoll/identity'))}
      const { privateKey, publicKey } = createKey()
      process.on('message', (message) => {
        if (message.type === 'bootstrap') ask(message.challenge)
        if (message.type === 'certificate') { writeFileSync(${JSON.stringify(told)}, message.certificateChain); ${ready} }
        if (message.type === 'drain') process.exit(0)
        if (message.type === 'ping') process.send({ type: 'pong' })
      })
      function ask(challenge) {
        const proof = proveKey(privateKey, publicKey, challenge)
        process.send({ type: 'certificate-request', publicKey, proof, names: ['shop.example'] })
        process.send({ type: 'certificate-request', publicKey, proof, identity: 'spiffe://shop.internal/operator/local' })
      }`)
    const { X509Certificate } = await import('node:crypto')
    assert.equal(
      new X509Certificate(readFileSync(told)).subjectAltName,
      `URI:spiffe://shop.internal/service/${set.spec.service}`,
    )
    assert.equal(shop.log.filter((line) => line.includes('certificate refused')).length, 1)
    await set.drain()
  })

  test('signs no more for one program than it can need', async () => {
    const shop = workshop({ ...quick, mostCertificates: 5 })
    const set = await shop.start(
      `${pong}; for (let i = 0; i < 500; i += 1) process.send({ type: 'certificate-request', publicKey: 'key', proof: '' }); ${ready}`,
    )
    assert.equal(shop.log.filter((line) => line.includes('certificate refused')).length, 5)
    assert.equal(shop.log.filter((line) => line.includes('too many certificates')).length, 1)
    await set.drain()
  })

  test('keeps the output of a program that floods it within bounds', async () => {
    const shop = workshop({ ...quick, startMs: 20_000, pingMs: 2_000 })
    const set = await shop.start(`
      ${pong}
      const line = 'x'.repeat(1023) + '\\n'
      let left = 14
      const more = () => { if (left-- > 0) process.stdout.write(line.repeat(1024), more); else { process.stdout.write('y'.repeat(3_000_000)); ${ready} } }
      more()`)
    await set.drain()
    const path = join(folder, `${set.spec.service}-0.log`)
    const sizes = [path, `${path}.1`].map((file) => statSync(file).size)
    assert.ok(
      sizes.every((size) => size <= 5 * 1024 * 1024 + 20_000),
      sizes.join(' '),
    )
    assert.ok(lastLines(path, 10).every((line) => line.length <= 16_384))
  })
})

suite('a log file', () => {
  test('keeps lines whole that come in parts, bounds long ones, and lists the last', () => {
    const path = join(folder, 'lines.log')
    const log = new LogFile(path)
    log.write('one\ntw')
    log.write(`o\n${'z'.repeat(100_000)}`)
    log.write('z\nlast without an end')
    log.close()
    const lines = lastLines(path, 10)
    assert.deepEqual(
      [lines[0], lines[1], lines[2]?.length, lines[3]],
      ['one', 'two', 16_384, 'last without an end'],
    )
    assert.deepEqual(lastLines(path, 1), ['last without an end'])
    assert.deepEqual(lastLines(join(folder, 'none.log'), 5), [])
  })

  test('is worth less than the service: a folder that is gone loses lines and nothing else', () => {
    const log = new LogFile(join(folder, 'gone/away.log'))
    log.write('one\n')
    assert.deepEqual(log.last, ['one'])
    log.close()
  })
})
