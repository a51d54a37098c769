import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { clientTls, spiffeId, type Credentials, type Revocations } from '@plimsoll/identity'
import { CallFailure } from '../errors.ts'
import { implement } from '../implement.ts'
import { catalog, catalogService } from '../testing/shop.ts'
import { openTown, trustDomain, type Town } from '../testing/town.ts'
import { open } from '../testing/wire.ts'
import { parseAddress } from './address.ts'

const lookup = { service: 'catalog', operation: 'lookup', input: { sku: 'A1' }, timeoutMs: 5_000 } as const
const orders = spiffeId(trustDomain, 'service', 'orders')

/** A served catalog whose trust a test changes, and somebody who may call it. */
async function openCatalog(test: TestContext) {
  const town = await openTown(test)
  const own = town.credentials('service', 'catalog')
  let current = own
  const server = await town.serve(catalogService, { credentials: () => current })
  town.allow('catalog.lookup', 'service/orders', 'service/pricing')
  const believe = (changes: Partial<Credentials>) => void (current = { ...own, ...changes })
  return { town, server, believe }
}

const revoking = (list: Partial<Revocations>): Revocations => ({
  serials: [],
  identities: [],
  apiKeys: [],
  ...list,
})

/** Waits for a refusal on a connection that was open before. */
async function isCutOff(town: Town, caller: ReturnType<Town['caller']>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      await caller.call(lookup)
    } catch (thrown) {
      return assert.ok(thrown instanceof CallFailure)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail(`still let in: ${JSON.stringify(town.lines.at(-1))}`)
}

test('a revoked identity loses its open connections, and the log says why; others keep theirs', async (test) => {
  const { town, believe } = await openCatalog(test)
  const [bad, good] = [town.caller('service', 'orders'), town.caller('service', 'pricing')]
  assert.ok((await bad.call(lookup)).ok && (await good.call(lookup)).ok)
  believe({ revoked: revoking({ identities: [orders] }) })
  await isCutOff(town, bad)
  assert.ok((await good.call(lookup)).ok)
  const line = town.lines.find(({ event }) => event === 'connection-refused')
  assert.match(String(line?.['reason']), /service\/orders is revoked/)
})

test('a revoked certificate loses its open connections; another one of the same workload does not', async (test) => {
  const { town, server, believe } = await openCatalog(test)
  const socket = await open({
    address: server.address,
    service: 'catalog',
    credentials: town.credentials('service', 'orders'),
  })
  const other = town.caller('service', 'orders')
  assert.ok((await other.call(lookup)).ok)
  const closed = once(socket, 'close')
  socket.on('error', () => undefined).resume()
  const serial = (socket.getX509Certificate()?.serialNumber ?? '').toUpperCase()
  assert.notEqual(serial, '')
  believe({ revoked: revoking({ serials: [serial] }) })
  await closed
  assert.ok((await other.call(lookup)).ok)
})

test('whoever has a certificate of a root that is trusted no more is asked to go, and comes back with no other', async (test) => {
  const { town, believe } = await openCatalog(test)
  const caller = town.caller('service', 'orders')
  assert.ok((await caller.call(lookup)).ok)
  const { authority } = town
  for (const step of ['prepare', 'activate', 'taint', 'revoke'] as const) authority.rotate(step)
  believe({ bundle: authority.bundle })
  await isCutOff(town, caller)
})

test('a revoked callee loses the calls that are open at it, and gets no other', async (test) => {
  const town = await openTown(test)
  const begun = Promise.withResolvers<void>()
  const held = implement(catalog, {
    operations: {
      lookup: ({ sku }) => ({ sku, price: 1 }),
      async rename(_input, { signal }) {
        begun.resolve()
        await once(signal, 'abort')
        return { renamed: true }
      },
    },
  })
  await town.serve(held)
  town.allow('catalog.rename', 'service/orders')
  const own = town.credentials('service', 'orders')
  let current = own
  const caller = town.caller('service', 'orders', { credentials: () => current })
  const input = { sku: 'A1', name: 'card' }
  const call = () => caller.call({ service: 'catalog', operation: 'rename', input, timeoutMs: 20_000 })
  const open = call()
  await begun.promise
  current = { ...own, revoked: revoking({ identities: [spiffeId(trustDomain, 'service', 'catalog')] }) }
  const unavailable = (thrown: unknown) => thrown instanceof CallFailure && thrown.code === 'UNAVAILABLE'
  await assert.rejects(open, unavailable)
  await assert.rejects(call(), unavailable)
})

test('attack: no session is resumed, because nobody would look at the certificate again', async (test) => {
  const { town, server } = await openCatalog(test)
  const credentials = town.credentials('service', 'orders')
  const place = parseAddress(server.address)
  assert.ok(place !== undefined && 'port' in place)
  let session: Buffer | undefined
  for (const time of ['first', 'second']) {
    const socket: TLSSocket = connect({
      ...clientTls(credentials, spiffeId(trustDomain, 'service', 'catalog')),
      ...place,
      ALPNProtocols: ['plimsoll/1'],
      ...(session !== undefined && { session }),
    })
    socket.on('session', (told: Buffer) => void (session = told))
    // The server’s hello: by then it has sent whatever session it would let be resumed.
    await once(socket, 'data')
    assert.equal(socket.isSessionReused(), false, time)
    socket.destroy()
  }
})
