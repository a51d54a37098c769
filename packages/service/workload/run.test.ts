import assert from 'node:assert/strict'
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { test, type TestContext } from 'node:test'
import { describeContract, describeUses, type ServiceManifest } from '@plimsoll/contract'
import { spiffeId } from '@plimsoll/identity'
import { CallFailure } from '../errors.ts'
import { pricing } from '../testing/shop.ts'
import { openTown, trustDomain, type Town } from '../testing/town.ts'
import type { Bootstrap, CertificateRequest, EngineMessage, Snapshot, WorkloadMessage } from './protocol.ts'

const program = fileURLToPath(new URL('../testing/replica.ts', import.meta.url))
const refresh = { service: 'pricing', operation: 'refresh', input: {}, timeoutMs: 2_000 } as const
const quote = {
  service: 'pricing',
  operation: 'quote',
  input: { sku: 'A1', quantity: 1 },
  timeoutMs: 2_000,
} as const
const ada = `spiffe://${trustDomain}/operator/ada`

const vetted: ServiceManifest = {
  format: 'plimsoll/manifest/1',
  name: 'pricing',
  contract: describeContract(pricing),
  uses: describeUses({}),
  calls: {},
  evidence: {},
}

interface Replica {
  readonly child: ChildProcess
  /** Public keys that it had certified, in order. */
  readonly requests: readonly CertificateRequest[]
  readonly output: () => string
  readonly exit: Promise<number | null>
  tell(message: EngineMessage): void
  /** The next message of this type. */
  hear<T extends WorkloadMessage['type']>(type: T): Promise<WorkloadMessage & { readonly type: T }>
}

interface Engine {
  readonly name?: string
  readonly lifetimeMs?: number
  readonly silent?: boolean
}

/** Starts a replica, and certifies its keys as an engine does. */
function start(test: TestContext, town: Town, behaviour = '', engine: Engine = {}): Replica {
  const child = fork(program, [behaviour], { silent: true, env: {} })
  const requests: CertificateRequest[] = []
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => void (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => void (output += chunk.toString()))
  child.on('message', (message: WorkloadMessage) => {
    if (message.type !== 'certificate-request') return
    requests.push(message)
    if (engine.silent === true) return
    const { certificateChain } = town.authority.issueWorkload({
      publicKey: message.publicKey,
      proof: message.proof,
      identity: spiffeId(trustDomain, 'service', engine.name ?? 'pricing'),
      ...(engine.lifetimeMs === undefined ? {} : { lifetimeMs: engine.lifetimeMs }),
    })
    child.send({
      type: 'certificate',
      certificateChain,
      bundle: town.authority.bundle,
    } satisfies EngineMessage)
  })
  test.after(() => child.kill('SIGKILL'))
  return {
    child,
    requests,
    output: () => output,
    exit: exitOf(child),
    tell: (message) => void child.send(message),
    hear: (type) =>
      new Promise((resolve, reject) => {
        child.once('exit', () => reject(new Error(`ended without ${type}:\n${output}`)))
        child.on('message', (message: WorkloadMessage) => {
          if (message.type === type) resolve(message as WorkloadMessage & { readonly type: typeof type })
        })
      }),
  }
}

/** The code, after all output has come; `close` does not tell once the channel was disconnected. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  const output = [child.stdout, child.stderr]
    .filter((stream) => stream !== null)
    .map((stream) => once(stream, 'close'))
  const [code] = (await once(child, 'exit')) as [number | null]
  await Promise.all(output)
  return code
}

function snapshotFor(revision: number, callers: Snapshot['callers']): Snapshot {
  return { revision, endpoints: {}, callers }
}

const open = { quote: [ada], refresh: [ada] }

function bootstrap(changes: Partial<Bootstrap> = {}): Bootstrap {
  return {
    type: 'bootstrap',
    instance: 'pricing/0',
    trustDomain,
    listen: { host: '127.0.0.1', port: 0 },
    dataFolder: '/nowhere',
    externals: {},
    manifest: vetted,
    snapshot: snapshotFor(1, open),
    ...changes,
  }
}

async function serving(test: TestContext, town: Town, behaviour = '', engine: Engine = {}): Promise<Replica> {
  const replica = start(test, town, behaviour, engine)
  const ready = replica.hear('ready')
  replica.tell(bootstrap())
  town.place('pricing', [(await ready).address])
  return replica
}

test('a replica gets its certificate, serves, finishes what runs when it is drained, and ends', async (test) => {
  const town = await openTown(test)
  const replica = await serving(test, town)
  const caller = town.caller('operator', 'ada')
  const running = caller.call(refresh)
  await sleep(50)
  replica.tell({ type: 'drain' })
  assert.deepEqual(await running, { ok: true, output: { refreshed: 1 } })
  assert.equal(await replica.exit, 0)
  const output = replica.output()
  assert.ok(output.indexOf('start hook') < output.indexOf('"event":"ready"'))
  assert.ok(output.indexOf('"event":"draining"') < output.indexOf('stop hook'))
  assert.match(output, /"service":"pricing","instance":"pricing\/0"/)
  await assert.rejects(
    caller.call(quote),
    (thrown) => thrown instanceof CallFailure && thrown.code === 'UNAVAILABLE',
  )
})

for (const [name, end] of [
  ['its engine has gone', (replica: Replica) => replica.child.disconnect()],
  ['it has SIGTERM', (replica: Replica) => replica.child.kill('SIGTERM')],
] as const)
  test(`a replica finishes what runs and ends where ${name}`, async (test) => {
    const town = await openTown(test)
    const replica = await serving(test, town)
    const running = town.caller('operator', 'ada').call(refresh)
    await sleep(50)
    end(replica)
    assert.deepEqual(await running, { ok: true, output: { refreshed: 1 } })
    assert.equal(await replica.exit, 0)
    assert.match(replica.output(), /stop hook/)
  })

test('a terminal’s interrupt is for the engine; a replica goes on until it is drained', async (test) => {
  const town = await openTown(test)
  const replica = await serving(test, town)
  replica.child.kill('SIGINT')
  await sleep(50)
  assert.equal((await town.caller('operator', 'ada').call(quote)).ok, true)
  replica.tell({ type: 'drain' })
  assert.equal(await replica.exit, 0)
})

test('the newest snapshot says who may call; an older one that comes late changes nothing', async (test) => {
  const town = await openTown(test)
  const replica = await serving(test, town)
  const caller = town.caller('operator', 'ada')
  assert.equal((await caller.call(quote)).ok, true)
  replica.tell({ type: 'snapshot', snapshot: snapshotFor(3, {}) })
  replica.tell({ type: 'snapshot', snapshot: snapshotFor(2, open) })
  await sleep(100)
  await assert.rejects(
    caller.call(quote),
    (thrown) => thrown instanceof CallFailure && thrown.code === 'REFUSED',
  )
  replica.tell({ type: 'drain' })
  assert.equal(await replica.exit, 0)
})

const otherContract = { ...vetted, contract: { ...vetted.contract, version: '1.0.1' } }
const otherUses: ServiceManifest = {
  ...vetted,
  uses: [
    {
      kind: 'external',
      alias: 'provider',
      external: 'payment-provider',
      attempts: 1,
      timeoutMs: 100,
      optional: false,
      sends: [],
    },
  ],
}
for (const [name, manifest, reason] of [
  ['another contract', otherContract, /the contract of pricing differ from what was vetted/],
  ['other uses', otherUses, /the uses of pricing differ/],
  ['no manifest', undefined, /without a vetted manifest/],
] as const)
  test(`code that was vetted with ${name} is not served`, async (test) => {
    const town = await openTown(test)
    const replica = start(test, town)
    const stopped = replica.hear('stopped')
    replica.tell(bootstrap({ manifest }))
    assert.match((await stopped).reason, reason)
    assert.equal(await replica.exit, 1)
    assert.doesNotMatch(replica.output(), /start hook/)
  })

test('a certificate for another service is not served with', async (test) => {
  const town = await openTown(test)
  const replica = start(test, town, '', { name: 'payments' })
  const stopped = replica.hear('stopped')
  replica.tell(bootstrap())
  assert.match((await stopped).reason, /serves pricing, yet its certificate says .*payments/)
  assert.equal(await replica.exit, 1)
})

test('a start hook that fails is told to the engine', async (test) => {
  const town = await openTown(test)
  const replica = start(test, town, 'start-fails')
  const stopped = replica.hear('stopped')
  replica.tell(bootstrap())
  assert.match((await stopped).reason, /cannot open a store/)
  assert.equal(await replica.exit, 1)
})

test('an error that nobody catches is written down and ends the replica with code 1', async (test) => {
  const town = await openTown(test)
  const replica = await serving(test, town, 'uncaught')
  await town.caller('operator', 'ada').call(quote)
  assert.equal(await replica.exit, 1)
  assert.match(replica.output(), /"event":"uncaught".*nobody caught me/)
})

test('a certificate is renewed at half of its life, with another key, while calls go on', async (test) => {
  const town = await openTown(test)
  const replica = await serving(test, town, '', { lifetimeMs: 4_000 })
  const caller = town.caller('operator', 'ada')
  await caller.call(quote)
  await replica.hear('certificate-request')
  await sleep(100)
  assert.equal((await caller.call(quote)).ok, true)
  assert.equal((await town.caller('operator', 'ada').call(quote)).ok, true)
  const [first, second] = replica.requests
  assert.notEqual(first?.publicKey, second?.publicKey)
  assert.match(replica.output(), /certificate-renewed/)
  replica.tell({ type: 'drain' })
  assert.equal(await replica.exit, 0)
})

test('a replica whose engine goes before it says anything ends', async (test) => {
  const replica = start(test, await openTown(test))
  replica.child.disconnect()
  assert.equal(await replica.exit, 1)
  assert.match(replica.output(), /the engine has gone/)
})

test('a replica that is drained while it waits for its certificate ends', async (test) => {
  const replica = start(test, await openTown(test), '', { silent: true })
  const requested = replica.hear('certificate-request')
  replica.tell(bootstrap())
  await requested
  replica.tell({ type: 'drain' })
  assert.equal(await replica.exit, 1)
})

test('a program that no engine started says so', async (test) => {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
  test.after(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()))
  assert.equal(await exitOf(child), 1)
  assert.match(output, /was not started by an engine/)
})
