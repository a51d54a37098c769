import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  chmodSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, suite, test } from 'node:test'
import { digestOf } from '@plimsoll/base'
import { createApiKeyIndex, openSigningKey } from '@plimsoll/identity'
import { keepConsumerKeys } from './consumers.ts'
import { openFolders } from './folders.ts'
import { takeLock } from './lock.ts'
import { claimPort } from './port.ts'
import { deploymentOf } from './shop.fixture.ts'
import { openState, type NewGeneration, type State } from './state.ts'
import { openTrust } from './trust.ts'

const root = mkdtempSync(join(tmpdir(), 'plimsoll-state-'))
after(() => rmSync(root, { recursive: true }))
const fresh = () => mkdtempSync(join(root, 's-'))

const generation = (word: string): NewGeneration => ({
  kind: 'change',
  deployment: deploymentOf({ pricing: digestOf(word) }),
  before: digestOf('before'),
  after: digestOf(word),
  candidate: { pricing: digestOf(word) },
  policy: digestOf('policy'),
  attestation: { word },
})

/** A process that opens a folder and does something with it, until it is killed. */
async function held(folder: string, code: string) {
  const program = join(fresh(), 'holder.mjs')
  writeFileSync(
    program,
    `
    import { openState } from ${JSON.stringify(join(import.meta.dirname, 'state.ts'))}
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
    const folder = ${JSON.stringify(folder)}
    const generation = ${JSON.stringify(generation('second'))}
    ${code}
    process.send('done')
    setInterval(() => {}, 1000)`,
  )
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await once(child, 'message')
  return async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

function opened<T>(folder: string, use: (state: State) => T): T {
  const state = openState(folder)
  try {
    return use(state)
  } finally {
    state.close()
  }
}

suite('the state', () => {
  test('has one live generation at most, and keeps those before', () => {
    const folder = fresh()
    opened(folder, (state) => {
      assert.equal(state.live(), undefined)
      for (const word of ['first', 'second', 'third']) state.promote(state.begin(generation(word)))
      state.fail(state.begin(generation('fourth')), 'it did not start')
      state.begin(generation('fifth'))
      assert.deepEqual(
        state.generations(10).map(({ number, status }) => [number, status]),
        [
          [5, 'rolling'],
          [4, 'failed'],
          [3, 'live'],
          [2, 'superseded'],
          [1, 'superseded'],
        ],
      )
      assert.equal(state.generations(2).length, 2)
    })
    opened(folder, (state) => {
      const { number, deployment, attestation, candidate, reason } = state.live() ?? assert.fail()
      assert.deepEqual(
        [number, deployment, attestation, candidate, reason],
        [3, generation('third').deployment, { word: 'third' }, generation('third').candidate, undefined],
      )
      assert.equal(state.generations(1)[0]?.reason, 'the control plane ended before it was live')
      assert.deepEqual(
        state.admitted(digestOf('second')).map(({ number: found }) => found),
        [2],
      )
      assert.deepEqual(state.admitted(digestOf('fourth')), [])
      assert.deepEqual(state.admitted(digestOf('fifth')), [])
    })
  })

  test('after a kill between begin and promote has what was live before', async () => {
    const folder = fresh()
    opened(folder, (state) => state.promote(state.begin(generation('first'))))
    const kill = await held(folder, 'openState(folder).begin(generation)')
    await kill()
    opened(folder, (state) => {
      assert.equal(state.live()?.number, 1)
      assert.deepEqual(
        state.generations(1).map(({ number, status }) => [number, status]),
        [[2, 'failed']],
      )
    })
  })

  test('after a kill behind promote has the new one', async () => {
    const folder = fresh()
    opened(folder, (state) => state.promote(state.begin(generation('first'))))
    const kill = await held(folder, 'const state = openState(folder); state.promote(state.begin(generation))')
    await kill()
    opened(folder, (state) => {
      assert.equal(state.live()?.number, 2)
      assert.equal(state.generations(2)[1]?.status, 'superseded')
    })
  })

  const damages: Readonly<Record<string, (file: string) => void>> = {
    'is nonsense': (file) =>
      writeFileSync(file, 'this is no database, but long enough to look like one'.repeat(100)),
    'is empty': (file) => truncateSync(file, 0),
    'is cut': (file) => truncateSync(file, statSync(file).size - 4_096),
    'has a damaged page': (file) => {
      const bytes = readFileSync(file)
      bytes.fill(0xff, 4_096, 8_192)
      writeFileSync(file, bytes)
    },
  }
  for (const [what, damage] of Object.entries(damages)) {
    test(`that ${what} is told, and never overwritten`, () => {
      const folder = fresh()
      opened(folder, (state) => {
        for (let at = 0; at < 50; at += 1) state.promote(state.begin(generation(`release ${at}`)))
      })
      const file = join(folder, 'control.sqlite')
      damage(file)
      const before = readFileSync(file)
      for (let tries = 0; tries < 2; tries += 1) {
        assert.throws(
          () => openState(folder),
          (error: Error & { code: string; place: { file: string }; fix: string }) => {
            assert.deepEqual([error.code, error.place.file], ['STATE', file])
            return /backup/.test(error.fix)
          },
        )
      }
      assert.deepEqual(readFileSync(file), before)
      assert.ok(!handles().some((path) => path.startsWith(folder)), 'no handle is left open')
    })
  }

  test('with a row that is no JSON is told where it is read', () => {
    const folder = fresh()
    opened(folder, (state) => state.promote(state.begin(generation('first'))))
    const database = new DatabaseSync(join(folder, 'control.sqlite'))
    database.exec("UPDATE generation SET deployment = '{'")
    database.close()
    opened(folder, (state) => {
      assert.throws(() => state.live(), { code: 'STATE' })
      assert.throws(() => state.generations(5), { code: 'STATE' })
    })
  })

  test('lies where its owner alone can go, whoever made the folder', () => {
    const folder = join(fresh(), 'state')
    mkdirSync(folder, { mode: 0o755 })
    chmodSync(folder, 0o755)
    openFolders(folder)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
  })
})

/** Files that this process has open. */
function handles(): readonly string[] {
  if (!existsSync('/proc/self/fd')) return []
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

suite('the lock', () => {
  test('is held by one, and free again when that one lets go', () => {
    const folder = fresh()
    const lock = takeLock(folder)
    assert.throws(
      () => takeLock(folder),
      (error: Error & { code: string; fix: string }) =>
        error.code === 'ALREADY_RUNNING' && /plimsoll deploy/.test(error.fix),
    )
    lock.release()
    takeLock(folder).release()
  })

  test('of a process that is killed is free', async () => {
    const folder = fresh()
    writeFileSync(join(folder, 'control.json'), JSON.stringify({ pid: 4711 }))
    const kill = await held(folder, 'takeLock(folder)')
    assert.throws(() => takeLock(folder), /process id 4711/)
    await kill()
    takeLock(folder).release()
  })

  test('that cannot be used is not taken for a running control plane', () => {
    const folder = fresh()
    writeFileSync(join(folder, 'lock.sqlite'), 'nonsense'.repeat(1_000))
    assert.throws(() => takeLock(folder), { code: 'STATE', place: { file: join(folder, 'lock.sqlite') } })
    const other = fresh()
    mkdirSync(join(other, 'lock.sqlite'))
    assert.throws(() => takeLock(other), { code: 'STATE' })
    assert.throws(() => takeLock(join(other, 'nowhere')), { code: 'STATE' })
  })
})

suite('trust', () => {
  test('is in the keys that were seen first, whatever comes later', () => {
    const folder = fresh()
    const keys = join(folder, 'keys')
    const trust = opened(folder, (state) => openTrust(keys, state))
    assert.deepEqual(
      opened(folder, (state) => openTrust(keys, state)),
      trust,
    )
    assert.notEqual(trust.releases[0], trust.verdicts[0])
    for (const purpose of ['release', 'gate']) {
      const file = join(keys, `${purpose}.key`)
      const former = readFileSync(file)
      rmSync(file)
      openSigningKey(file)
      assert.throws(() => opened(folder, (state) => openTrust(keys, state)), {
        code: 'TRUST_CHANGED',
        place: { file },
      })
      rmSync(file)
      assert.throws(() => opened(folder, (state) => openTrust(keys, state)), { code: 'TRUST_CHANGED' })
      writeFileSync(file, former, { mode: 0o600 })
      assert.deepEqual(
        opened(folder, (state) => openTrust(keys, state)),
        trust,
      )
    }
  })
})

suite('consumers’ keys', () => {
  const keyOf = (folder: string, consumer: string) =>
    readFileSync(join(folder, `${consumer}.key`), 'utf8').trim()

  test('are given once, to their owner alone, and the state keeps nothing that opens anything', () => {
    const folder = join(fresh(), 'consumers')
    const home = fresh()
    opened(home, (state) => {
      keepConsumerKeys(['storefront', 'partner'], folder, state)
      const key = keyOf(folder, 'storefront')
      assert.equal(createApiKeyIndex(state.consumerKeys()).find(key), 'storefront')
      assert.equal(readFileSync(join(folder, 'storefront.header'), 'utf8'), `authorization: Bearer ${key}\n`)
      assert.ok(readdirSync(folder).every((name) => (statSync(join(folder, name)).mode & 0o777) === 0o600))
      keepConsumerKeys(['storefront', 'partner'], folder, state)
      assert.equal(keyOf(folder, 'storefront'), key)
      assert.equal(state.consumerKeys().length, 2)
    })
    const kept = readdirSync(home)
      .map((name) => readFileSync(join(home, name), 'latin1'))
      .join('')
    assert.ok(!kept.includes(keyOf(folder, 'storefront').slice(-43)))
  })

  test('that were lost are given anew; one that the state does not know opens nothing and is replaced', () => {
    const folder = join(fresh(), 'consumers')
    opened(fresh(), (state) => {
      keepConsumerKeys(['storefront'], folder, state)
      const first = keyOf(folder, 'storefront')
      rmSync(join(folder, 'storefront.key'))
      keepConsumerKeys(['storefront'], folder, state)
      const second = keyOf(folder, 'storefront')
      assert.notEqual(first, second)
      assert.equal(createApiKeyIndex(state.consumerKeys()).find(second), 'storefront')
      // Whoever took the file away may have handed it to the consumer.
      assert.equal(createApiKeyIndex(state.consumerKeys()).find(first), 'storefront')
    })
    opened(fresh(), (state) => {
      const foreign = keyOf(folder, 'storefront')
      keepConsumerKeys(['storefront'], folder, state)
      assert.notEqual(keyOf(folder, 'storefront'), foreign)
      assert.equal(createApiKeyIndex(state.consumerKeys()).find(foreign), undefined)
    })
  })

  test('are written nowhere else, whatever a deployment calls its consumers', () => {
    const folder = join(fresh(), 'consumers')
    opened(fresh(), (state) => {
      for (const consumer of [
        '../thief',
        '/tmp/thief',
        '..',
        '',
        'a/b',
        'Thief',
        '__proto__',
        `x${'y'.repeat(63)}`,
      ]) {
        assert.throws(() => keepConsumerKeys([consumer], folder, state), { code: 'NAME' })
      }
      assert.deepEqual(state.consumerKeys(), [])
    })
  })
})

suite('the gateway’s port', () => {
  test('is refused where anybody listens, also one who shares', async () => {
    for (const sharing of [{}, { reusePort: process.platform === 'linux' }]) {
      const server = createServer()
      server.listen({ host: '127.0.0.1', port: 0, ...sharing })
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      for (const host of ['127.0.0.1', '0.0.0.0']) {
        await assert.rejects(
          claimPort(host, port),
          (error: Error & { code: string; fix: string }) =>
            error.code === 'PORT_TAKEN' &&
            error.message.includes(String(port)) &&
            /gateway\.port/.test(error.fix),
        )
      }
      server.close()
      await once(server, 'close')
      assert.equal(await claimPort('127.0.0.1', port), port)
    }
  })

  test('of an address that this machine does not have is refused; any free one is found', async () => {
    await assert.rejects(claimPort('192.0.2.1', 8_443), { code: 'PORT_TAKEN' })
    assert.ok((await claimPort('127.0.0.1', 0)) > 0)
  })
})
