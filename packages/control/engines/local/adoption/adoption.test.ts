import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, suite, test, type TestContext } from 'node:test'
import { comeBack, createResumeSecret, hashOfResumeSecret, JsonLines } from '@plimsoll/service'
import { markOf } from './process-mark.ts'
import { RunningRecords, type RunningRecord } from './records.ts'
import { Survivors } from './survivors.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-adoption-'))
after(() => rmSync(folder, { recursive: true }))
const logger = { write: () => undefined }
const trust = { trust: {} as never, challenge: 'challenge' }
let count = 0

/** A process that does nothing, in a group of its own. */
function idle(test: TestContext): ChildProcess & { readonly pid: number } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  })
  test.after(() => child.kill('SIGKILL'))
  return Object.assign(child, { pid: child.pid ?? assert.fail() })
}

const lives = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null

/** Records of processes, each with its secret. */
function desk() {
  const root = join(folder, String((count += 1)))
  const records = new RunningRecords(join(root, 'running'), (id) => join(root, 'sockets', id, 'resume.sock'))
  const write = (pid: number, changes: Partial<RunningRecord> = {}) => {
    const id = (count += 1).toString(16).padStart(16, '0')
    const secret = createResumeSecret()
    const record: RunningRecord = {
      id,
      service: 'pricing',
      index: 0,
      spec: 'sha256:pricing',
      pid,
      mark: markOf(pid) ?? 'gone',
      startedAt: count,
      address: '127.0.0.1:4000',
      socket: records.socketOf(id),
      hashes: [hashOfResumeSecret(secret)],
      groups: [],
      ...changes,
    }
    mkdirSync(dirname(record.socket), { recursive: true })
    records.put(record)
    return { record, resume: { id, path: record.socket, secret } }
  }
  return { root, records, write }
}

/** Tries until the socket is there. */
async function knock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 200 && !existsSync(path); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
  return work()
}

async function gathered(records: RunningRecords, timeoutMs = 1_500): Promise<Survivors> {
  const survivors = new Survivors()
  await survivors.gather(records, logger, timeoutMs)
  return survivors
}

suite('a process that comes back', { skip: existsSync('/proc/self/stat') ? false : 'needs /proc' }, () => {
  test('is taken with the secret that it was given, and has the next one for the next time', async (context) => {
    const { records, write } = desk()
    const child = idle(context)
    const { record, resume } = write(child.pid)
    const [survivors, lines] = await Promise.all([
      gathered(records),
      knock(resume.path, () => comeBack(resume)),
    ])
    const survivor = survivors.take('sha256:pricing', 0) ?? assert.fail()
    assert.equal(survivors.take('sha256:pricing', 0), undefined)
    const adopted = survivor.adopt({ drainMs: 100, onMessage: () => undefined }, trust)
    const told = (await lines.next(2_000)) as { type: string; secret: string }
    assert.equal(told.type, 'adopted')
    assert.notEqual(told.secret, resume.secret)
    const text = () =>
      readFileSync(join(dirname(dirname(dirname(record.socket))), 'running', `${record.id}.json`), 'utf8')
    // Until it has said that it has the new one, it may be killed and only know the old one.
    assert.equal((JSON.parse(text()) as RunningRecord).hashes.length, 2)
    await lines.send({ type: 'resume-taken' })
    while ((JSON.parse(text()) as RunningRecord).hashes.length === 2)
      await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual((JSON.parse(text()) as RunningRecord).hashes, [hashOfResumeSecret(told.secret)])
    assert.ok(!text().includes(told.secret) && !text().includes(resume.secret))
    adopted.kill()
    assert.match(await adopted.ended, /ended/)
    assert.deepEqual(records.all(), [])
    assert.ok(!existsSync(dirname(record.socket)))
  })

  test('and does not in time is ended; so is one that never took calls', async (context) => {
    const { records, write } = desk()
    const [late, unready] = [idle(context), idle(context)]
    write(late.pid)
    write(unready.pid, { address: undefined })
    assert.equal((await gathered(records, 200)).size, 0)
    assert.deepEqual(records.all(), [])
    // Node learns of an end a moment later than the kernel knows it.
    for (const child of [late, unready]) if (lives(child)) await once(child, 'exit')
    assert.deepEqual([late.signalCode, unready.signalCode], ['SIGKILL', 'SIGKILL'])
  })

  test('attack: a process that has its id by now is left alone', async (context) => {
    const { records, write } = desk()
    const stranger = idle(context)
    const { resume } = write(stranger.pid, { mark: `${markOf(stranger.pid) ?? ''}1` })
    assert.equal((await gathered(records, 300)).size, 0)
    assert.ok(!existsSync(resume.path))
    assert.deepEqual(records.all(), [])
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.ok(lives(stranger))
  })

  test('attack: a wrong secret, an old one, and that of another process open nothing', async (context) => {
    const { records, write } = desk()
    const [own, other] = [write(idle(context).pid), write(idle(context).pid, { index: 1 })]
    const gathering = gathered(records, 1_000)
    const shown = async (secret: string, id = own.resume.id) =>
      knock(own.resume.path, async () => {
        // The greeting itself succeeds only with the right hash: whoever skips that check still has to show the secret.
        const socket = connect(own.resume.path)
        const lines = new JsonLines(socket, 4_096)
        await lines.send({ type: 'hello', id, nonce: 'n' })
        await lines.next(1_000)
        await lines.send({ type: 'resume', secret })
        return lines.next(5_000)
      })
    await assert.rejects(shown(createResumeSecret()))
    await assert.rejects(shown(other.resume.secret))
    await assert.rejects(shown(own.record.hashes[0] ?? ''), 'the hash is not the secret')
    await assert.rejects(shown(other.resume.secret, other.resume.id))
    await assert.rejects(comeBack({ ...own.resume, secret: other.resume.secret }))
    assert.equal((await gathering).size, 0)
  })

  test('attack: a secret is of no use again after the process has its next one', async (context) => {
    const { records, write } = desk()
    const { record, resume } = write(idle(context).pid)
    records.put({ ...record, hashes: [hashOfResumeSecret(createResumeSecret())] })
    const [survivors] = await Promise.all([
      gathered(records, 800),
      assert.rejects(knock(resume.path, () => comeBack(resume))),
    ])
    assert.equal(survivors.size, 0)
  })

  test('attack: a socket that is not the engine’s learns no secret', async () => {
    const path = join(folder, 'false.sock')
    const heard: string[] = []
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        heard.push(data.toString())
        socket.write(`${JSON.stringify({ type: 'engine', proofs: ['x', createResumeSecret()] })}\n`)
      })
    }).listen(path)
    await once(server, 'listening')
    const secret = createResumeSecret()
    await assert.rejects(comeBack({ id: '1', path, secret }), /not the engine/)
    server.close()
    assert.ok(heard.length > 0 && !heard.join('').includes(secret))
  })

  test('attack: noise, long lines and many at once change nothing for the one that is waited for', async (context) => {
    const { records, write } = desk()
    const { resume } = write(idle(context).pid)
    const gathering = gathered(records, 8_000)
    await knock(resume.path, async () => {
      for (const text of [
        'x'.repeat(100_000),
        '\n\n',
        '{"type":"hello"}\n',
        'null\n',
        '[]\n5\n',
        '{"type":"resume"}\n',
      ]) {
        const socket = connect(resume.path)
        socket.on('error', () => undefined)
        socket.write(text)
        await new Promise<void>((resolve) => socket.once('close', () => resolve()))
      }
    })
    const lines = await comeBack(resume)
    assert.equal((await gathering).size, 1)
    lines.close()
  })

  test('is known by a file that its owner alone may read; one that is damaged is of nobody', () => {
    const { root, records, write } = desk()
    const { record } = write(process.pid)
    const file = join(root, 'running', `${record.id}.json`)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    writeFileSync(join(root, 'running', `${'f'.repeat(16)}.json`), '{"pid":1')
    writeFileSync(join(root, 'running', `${'e'.repeat(16)}.json`), JSON.stringify({ ...record, pid: 1 }), {
      mode: 0o600,
    })
    assert.deepEqual(
      records.all().map(({ id }) => id),
      [record.id],
    )
    records.remove(record.id)
  })
})
