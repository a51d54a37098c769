import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { spiffeId } from '@plimsoll/identity'
import type { Bootstrap, EngineMessage, WorkloadMessage } from '@plimsoll/service'
import { ask } from './consumer.fixture.ts'
import { openShop, type Shop } from './shop.fixture.ts'

const program = resolve(import.meta.dirname, '../../apps/gateway/main.ts')

/** An engine as far as a gateway needs one: it issues certificates, and tells what is new. */
function startProgram(shop: Shop, test: TestContext) {
  const child = fork(program, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: {} })
  test.after(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const requested: (readonly string[] | undefined)[] = []
  child.on('message', (message: WorkloadMessage) => {
    const identity = spiffeId(shop.authority.trustDomain, 'gateway', 'gateway')
    if (message.type === 'subject-key') {
      shop.authority.admitSubjectKey({ publicKey: message.publicKey, issuer: identity })
      tell(child, { type: 'subject-key-taken', publicKey: message.publicKey })
    }
    if (message.type !== 'certificate-request') return
    const { publicKey, proof, names } = message
    requested.push(names)
    const { certificateChain } =
      names === undefined
        ? shop.authority.issueWorkload({ publicKey, proof, identity })
        : shop.authority.issueServer({ publicKey, proof, names })
    tell(child, { type: 'certificate', certificateChain, bundle: shop.authority.bundle })
  })
  return { child, requested, output: () => output }
}

function tell(child: ChildProcess, message: EngineMessage): void {
  child.send(message)
}

function bootstrapFor(shop: Shop, changes: Partial<Bootstrap> = {}): Bootstrap {
  return {
    type: 'bootstrap',
    instance: 'gateway/0',
    trustDomain: shop.authority.trustDomain,
    listen: { host: '127.0.0.1', port: 0 },
    dataFolder: import.meta.dirname,
    externals: {},
    snapshot: shop.snapshot,
    configuration: shop.configuration,
    ...changes,
  }
}

/** The next message of a type; an error where the program says the opposite instead, or ends. */
async function heard<Type extends 'ready' | 'stopped'>(child: ChildProcess, type: Type) {
  const ended = once(child, 'exit').then(([code]) => assert.fail(`the program ended with ${String(code)}`))
  for (;;) {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [WorkloadMessage]
    if (message.type === type) return message as Extract<WorkloadMessage, { type: Type }>
    assert.ok(message.type !== 'ready' && message.type !== 'stopped', JSON.stringify(message))
  }
}

test('the program gets its certificates, serves, follows its engine, and ends when it is drained', async (test) => {
  await using shop = await openShop()
  const { child, requested, output } = startProgram(shop, test)
  tell(child, bootstrapFor(shop))
  const { address } = await heard(child, 'ready')
  assert.deepEqual(requested, [undefined, ['localhost', '127.0.0.1', '::1']])
  const entrance = { gateway: { address }, authority: shop.authority }
  const key = shop.keys.storefront
  const quote = await ask(entrance, 'GET /quotes/A1?quantity=2', { key })
  assert.deepEqual([quote.status, quote.json], [200, { sku: 'A1', total: 40 }])

  const revoked = { ...shop.configuration, consumers: [shop.consumers.partner] }
  tell(child, { type: 'snapshot', snapshot: { ...shop.snapshot, revision: 2 }, configuration: revoked })
  const statusOf = async () => (await ask(entrance, 'GET /quotes/A1?quantity=2', { key })).status
  for (let tries = 0; tries < 100 && (await statusOf()) !== 401; tries += 1);
  assert.equal(await statusOf(), 401)

  const nonsense = { contracts: 'all', consumers: [] }
  tell(child, { type: 'snapshot', snapshot: { ...shop.snapshot, revision: 3 }, configuration: nonsense })
  for (let tries = 0; tries < 100 && !output().includes('configuration refused'); tries += 1) await statusOf()
  assert.match(output(), /configuration refused/)
  assert.equal((await ask(entrance, 'GET /catalogue')).status, 200)

  tell(child, { type: 'drain' })
  const [code] = (await once(child, 'exit')) as [number]
  assert.equal(code, 0)
  assert.ok(!output().includes(key))
})

for (const [what, changes, reason] of [
  ['without a configuration', { configuration: undefined }, /must be object/],
  ['with a configuration that is none', { configuration: { contracts: [] } }, /is missing/],
] as const) {
  test(`the program does not start ${what}, and says why`, async (test) => {
    await using shop = await openShop()
    const { child } = startProgram(shop, test)
    tell(child, bootstrapFor(shop, changes))
    const exit = once(child, 'exit') as Promise<[number]>
    assert.match((await heard(child, 'stopped')).reason, reason)
    assert.deepEqual((await exit)[0], 1)
  })
}

test('the program does not start at a port that is taken, and says which', async (test) => {
  await using shop = await openShop()
  const other = createServer().listen(0, '127.0.0.1')
  test.after(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { child } = startProgram(shop, test)
  tell(child, bootstrapFor(shop, { listen: { host: '127.0.0.1', port } }))
  const exit = once(child, 'exit') as Promise<[number]>
  assert.match((await heard(child, 'stopped')).reason, new RegExp(`127\\.0\\.0\\.1:${port} is taken`))
  assert.equal((await exit)[0], 1)
})

test(
  'a second replica of the same gateway shares its port, and serves when the first has gone',
  { skip: process.platform === 'linux' ? false : 'ports are shared on Linux alone' },
  async (test) => {
    await using shop = await openShop()
    const first = startProgram(shop, test)
    tell(first.child, bootstrapFor(shop))
    const { address } = await heard(first.child, 'ready')
    const listen = { host: '127.0.0.1', port: Number(address.split(':')[1]) }
    const second = startProgram(shop, test)
    tell(second.child, bootstrapFor(shop, { listen, instance: 'gateway/1' }))
    assert.equal((await heard(second.child, 'ready')).address, address)
    const exit = once(first.child, 'exit')
    tell(first.child, { type: 'drain' })
    await exit
    const entrance = { gateway: { address }, authority: shop.authority }
    assert.equal((await ask(entrance, 'GET /catalogue')).status, 200)
  },
)
