import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { defineContract } from '@plimsoll/contract'
import { z } from 'zod'
import { CallFailure, type CallFailureCode } from './errors.ts'
import { implement } from './implement.ts'
import type { CallContext, Subject } from './service.ts'
import { catalogService, pricingService } from './testing/shop.ts'
import { openTown, type Town } from './testing/town.ts'
import { send } from './testing/wire.ts'

const storefront: Subject = { consumer: 'storefront', scopes: ['quotes'] }
const failure = (code: CallFailureCode) => (thrown: unknown) =>
  thrown instanceof CallFailure && thrown.code === code

async function openShop(test: TestContext): Promise<Town> {
  const town = await openTown(test)
  await town.serve(catalogService)
  await town.serve(pricingService)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.quote', 'gateway/front', 'operator/ada')
  return town
}

const quote = {
  service: 'pricing',
  operation: 'quote',
  input: { sku: 'A1', quantity: 3 },
  timeoutMs: 2_000,
} as const

test('a call goes from the gateway through one service to another and back', async (test) => {
  const town = await openShop(test)
  const outcome = await town.caller('gateway', 'front').call({ ...quote, subject: town.subject(storefront) })
  assert.deepEqual(outcome, { ok: true, output: { sku: 'A1', total: 750 } })
  assert.deepEqual(town.lines, [])
})

test('a declared error travels through both services with its data', async (test) => {
  const town = await openShop(test)
  const input = { sku: 'Z9', quantity: 1 }
  const outcome = await town
    .caller('gateway', 'front')
    .call({ ...quote, input, subject: town.subject(storefront) })
  assert.deepEqual(outcome, { ok: false, code: 'UNKNOWN_SKU', status: 404, data: { sku: 'Z9' } })
})

test('members that the contract does not declare neither come in nor leave', async (test) => {
  const seen: unknown[] = []
  const careless = implement(pricingService.contract, {
    operations: {
      quote(input) {
        seen.push(input)
        return Object.assign({ sku: input.sku, total: 1 }, { cost: 0.2, card: '4111' })
      },
      refresh: () => ({ refreshed: 0 }),
    },
  })
  const town = await openTown(test)
  await town.serve(careless)
  town.allow('pricing.quote', 'operator/ada')
  const input = { sku: 'A1', quantity: 1, admin: true }
  const outcome = await town.caller('operator', 'ada').call({ ...quote, input })
  assert.deepEqual(seen, [{ sku: 'A1', quantity: 1 }])
  assert.deepEqual(outcome, { ok: true, output: { sku: 'A1', total: 1 } })
})

test('nobody may call what the architecture opens to nobody, and the refusal is written down', async (test) => {
  const town = await openTown(test)
  await town.serve(catalogService)
  const caller = town.caller('service', 'pricing')
  const lookup = { service: 'catalog', operation: 'lookup', input: { sku: 'A1' }, timeoutMs: 1_000 }
  await assert.rejects(caller.call(lookup), failure('REFUSED'))
  const [line] = town.lines
  assert.equal(line?.['event'], 'call-refused')
  assert.equal(line['caller'], 'spiffe://shop.test/service/pricing')
  assert.equal(line['operation'], 'lookup')
  assert.match(String(line['reason']), /no vetted use lets/)
  assert.match(String(line['trace']), /^[0-9a-f]{32}$/)
})

test('who may not learns nothing: not why, not whether the operation exists', async (test) => {
  const town = await openTown(test)
  const { address } = await town.serve(catalogService)
  const credentials = town.credentials('service', 'pricing')
  const ask = (path: string) => send({ address, service: 'catalog', credentials, path, body: 'no json' })
  const [existing, missing, inherited] = await Promise.all([
    ask('/catalog/lookup'),
    ask('/catalog/drop'),
    ask('/catalog/constructor'),
  ])
  assert.equal(existing.status, 403)
  assert.equal(existing.text, missing.text)
  assert.equal(existing.text, inherited.text)
  assert.deepEqual(existing.body, {
    type: 'about:blank',
    title: 'Forbidden',
    status: 403,
    code: 'REFUSED',
    detail: 'you may not call this operation',
  })
})

test('an operation that callers are named for, but that the service lacks, is refused', async (test) => {
  const town = await openTown(test)
  await town.serve(catalogService)
  town.allow('catalog.drop', 'service/pricing')
  const drop = { service: 'catalog', operation: 'drop', input: {}, timeoutMs: 1_000 }
  await assert.rejects(town.caller('service', 'pricing').call(drop), failure('REFUSED'))
})

test('the permission of one service is not that of a namesake of another kind', async (test) => {
  const town = await openTown(test)
  await town.serve(catalogService)
  town.allow('catalog.lookup', 'service/pricing')
  const lookup = { service: 'catalog', operation: 'lookup', input: { sku: 'A1' }, timeoutMs: 1_000 }
  await assert.rejects(town.caller('operator', 'pricing').call(lookup), failure('REFUSED'))
  await assert.rejects(town.caller('gateway', 'pricing').call(lookup), failure('REFUSED'))
  assert.equal((await town.caller('service', 'pricing').call(lookup)).ok, true)
})

test('the gateway cannot call what is open to services alone, even where it is named', async (test) => {
  const town = await openTown(test)
  await town.serve(catalogService)
  town.allow('catalog.lookup', 'gateway/front')
  const lookup = { service: 'catalog', operation: 'lookup', input: { sku: 'A1' }, timeoutMs: 1_000 }
  await assert.rejects(
    town.caller('gateway', 'front').call({ ...lookup, subject: town.subject(storefront) }),
    failure('REFUSED'),
  )
})

test('the identity of the control plane calls no service', async (test) => {
  const town = await openShop(test)
  town.allow('pricing.quote', 'control/plane')
  await assert.rejects(town.caller('control', 'plane').call(quote), failure('REFUSED'))
})

test('an operation with scopes needs a subject that holds all of them', async (test) => {
  const town = await openShop(test)
  const caller = town.caller('gateway', 'front')
  await assert.rejects(caller.call(quote), failure('REFUSED'))
  await assert.rejects(
    caller.call({ ...quote, subject: town.subject({ consumer: 'storefront', scopes: ['orders'] }) }),
    failure('REFUSED'),
  )
  assert.match(String(town.lines.at(-1)?.['reason']), /storefront lacks quotes/)
})

test('background work of a service, on behalf of nobody, is refused by an operation with scopes', async (test) => {
  const town = await openShop(test)
  town.allow('pricing.quote', 'service/orders')
  const orders = town.caller('service', 'orders')
  await assert.rejects(orders.call(quote), failure('REFUSED'))
  assert.equal((await orders.call({ ...quote, subject: town.subject(storefront) })).ok, true)
})

test('an operator calls on behalf of nobody: without scopes, and never with a subject', async (test) => {
  const town = await openShop(test)
  const ada = town.caller('operator', 'ada')
  assert.equal((await ada.call(quote)).ok, true)
  await assert.rejects(ada.call({ ...quote, subject: town.subject(storefront) }), failure('REFUSED'))
})

test('handlers pass on the subject and the chain of calls, and know who called', async (test) => {
  const seen: Pick<CallContext, 'caller' | 'subject' | 'traceId'>[] = []
  const town = await openTown(test)
  const watching = implement(catalogService.contract, {
    operations: {
      lookup({ sku }, { caller, subject, traceId, log }) {
        seen.push({ caller, subject, traceId })
        log('looked up', { known: true })
        return { sku, price: 5 }
      },
      rename: () => ({ renamed: false }),
    },
  })
  await town.serve(watching)
  await town.serve(pricingService)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.quote', 'gateway/front')
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  await town.caller('gateway', 'front').call({ ...quote, subject: town.subject(storefront), traceparent })
  assert.deepEqual(seen, [
    {
      caller: { id: 'spiffe://shop.test/service/pricing', kind: 'service', name: 'pricing' },
      subject: storefront,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    },
  ])
  assert.equal(town.lines[0]?.['trace'], '4bf92f3577b34da6a3ce929d0e0e4736')
  assert.equal(town.lines[0]['message'], 'looked up')
})

test('input that does not fit the contract is answered with its fields', async (test) => {
  const town = await openShop(test)
  const call = town.caller('operator', 'ada').call({ ...quote, input: { sku: 'A1', quantity: 0 } })
  await assert.rejects(call, (thrown) => {
    assert.ok(failure('INVALID_INPUT')(thrown))
    assert.deepEqual(
      (thrown as CallFailure).problems.map(({ place }) => place?.field),
      ['quantity'],
    )
    return true
  })
})

test('output that does not fit the contract never leaves; the log tells fields and no values', async (test) => {
  const town = await openTown(test)
  const broken = implement(pricingService.contract, {
    operations: {
      quote: ({ sku }) => ({ sku, total: '4111-1111' as unknown as number }),
      refresh: () => ({ refreshed: 1n as unknown as number }),
    },
  })
  const { address } = await town.serve(broken)
  town.allow('pricing.quote', 'operator/ada')
  const credentials = town.credentials('operator', 'ada')
  const body = JSON.stringify(quote.input)
  const reply = await send({ address, service: 'pricing', credentials, path: '/pricing/quote', body })
  assert.equal(reply.status, 500)
  assert.equal(reply.body['code'], 'INVALID_OUTPUT')
  assert.doesNotMatch(reply.text, /4111|total/)
  assert.match(String(town.lines[0]?.['reason']), /total/)
  assert.doesNotMatch(JSON.stringify(town.lines), /4111/)
})

test('what a handler throws is for the log; the caller learns that it failed', async (test) => {
  const town = await openTown(test)
  const broken = implement(pricingService.contract, {
    operations: {
      quote() {
        throw new Error('password of the database is tiger')
      },
      refresh: () => ({ refreshed: 1 }),
    },
  })
  const { address } = await town.serve(broken)
  town.allow('pricing.quote', 'operator/ada')
  const credentials = town.credentials('operator', 'ada')
  const body = JSON.stringify(quote.input)
  const reply = await send({ address, service: 'pricing', credentials, path: '/pricing/quote', body })
  assert.equal(reply.status, 500)
  assert.equal(reply.body['code'], 'INTERNAL')
  assert.doesNotMatch(reply.text, /tiger|server\.test/)
  assert.match(String(town.lines[0]?.['error']), /tiger/)
  assert.match(String(town.lines[0]?.['trace']), /^[0-9a-f]{32}$/)
})

test('an error that the contract does not declare, or with data of another shape, is a failure', async (test) => {
  const town = await openTown(test)
  const broken = implement(pricingService.contract, {
    operations: {
      quote: ({ quantity }, { fail }) =>
        quantity === 1
          ? (fail as (code: string) => never)('OUT_OF_STOCK')
          : fail('UNKNOWN_SKU', {} as { sku: string }),
      refresh: () => ({ refreshed: 1 }),
    },
  })
  await town.serve(broken)
  town.allow('pricing.quote', 'operator/ada')
  const ada = town.caller('operator', 'ada')
  await assert.rejects(ada.call({ ...quote, input: { sku: 'A1', quantity: 1 } }), failure('INTERNAL'))
  await assert.rejects(ada.call({ ...quote, input: { sku: 'A1', quantity: 2 } }), failure('INVALID_OUTPUT'))
})

test('an output that looks like an error of nobody is an output', async (test) => {
  const checks = defineContract({
    name: 'checks',
    version: '1.0.0',
    operations: {
      check: {
        input: z.object({}),
        output: z.object({ ok: z.boolean(), code: z.string() }),
        access: 'services',
        deadline: '1s',
      },
    },
  })
  const town = await openTown(test)
  await town.serve(implement(checks, { operations: { check: () => ({ ok: false, code: 'EXPIRED' }) } }))
  town.allow('checks.check', 'operator/ada')
  const outcome = await town
    .caller('operator', 'ada')
    .call({ service: 'checks', operation: 'check', input: {}, timeoutMs: 1_000 })
  assert.deepEqual(outcome, { ok: true, output: { ok: false, code: 'EXPIRED' } })
})

/** A service whose one handler does what a test says. */
async function openSlow(test: TestContext, handler: (context: CallContext) => Promise<void>) {
  const town = await openTown(test)
  const slow = implement(pricingService.contract, {
    operations: {
      quote: ({ sku }) => ({ sku, total: 1 }),
      async refresh(_input, context) {
        await handler(context)
        return { refreshed: 1 }
      },
    },
  })
  const server = await town.serve(slow)
  town.allow('pricing.refresh', 'operator/ada')
  return { town, server, credentials: town.credentials('operator', 'ada') }
}

const refresh = { service: 'pricing', operation: 'refresh', input: {}, timeoutMs: 5_000 } as const

test('the server answers when the deadline of the operation has passed, and aborts the handler', async (test) => {
  const aborted = Promise.withResolvers<unknown>()
  const { server, credentials } = await openSlow(test, async ({ signal, remaining }) => {
    assert.ok(remaining() > 0 && remaining() <= 300)
    signal.addEventListener('abort', () => aborted.resolve(signal.reason))
    await aborted.promise
  })
  const reply = await send({
    address: server.address,
    service: 'pricing',
    credentials,
    path: '/pricing/refresh',
  })
  assert.equal(reply.status, 504)
  assert.equal(reply.body['code'], 'DEADLINE_EXCEEDED')
  assert.ok(failure('DEADLINE_EXCEEDED')(await aborted.promise))
})

test('a caller with less time shortens the deadline, one with more does not lengthen it', async (test) => {
  const remaining: number[] = []
  const { server, credentials } = await openSlow(test, async (context) => {
    remaining.push(context.remaining())
  })
  const ask = (deadline: string) =>
    send({
      address: server.address,
      service: 'pricing',
      credentials,
      path: '/pricing/refresh',
      headers: { 'plimsoll-deadline': deadline },
    })
  assert.equal((await ask('100')).status, 200)
  assert.equal((await ask('60000')).status, 200)
  const [shortened = 0, held = 0] = remaining
  assert.ok(shortened > 0 && shortened <= 100)
  assert.ok(held > 100 && held <= 300)
})

test('a handler that holds the thread beyond its deadline has not answered in time', async (test) => {
  const { server, credentials } = await openSlow(test, async () => {
    const end = performance.now() + 350
    while (performance.now() < end);
  })
  const reply = await send({
    address: server.address,
    service: 'pricing',
    credentials,
    path: '/pricing/refresh',
  })
  assert.equal(reply.status, 504)
})

test('a caller that goes away aborts the handler, along the whole chain', async (test) => {
  const started = Promise.withResolvers<void>()
  const aborted = Promise.withResolvers<unknown>()
  const town = await openTown(test)
  const slow = implement(catalogService.contract, {
    operations: {
      async lookup({ sku }, { signal }) {
        signal.addEventListener('abort', () => aborted.resolve(signal.reason))
        started.resolve()
        await aborted.promise
        return { sku, price: 1 }
      },
      rename: () => ({ renamed: true }),
    },
  })
  await town.serve(slow)
  await town.serve(pricingService)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.quote', 'operator/ada')
  const controller = new AbortController()
  const call = town.caller('operator', 'ada').call({ ...quote, signal: controller.signal })
  await started.promise
  controller.abort()
  await assert.rejects(call, failure('CANCELLED'))
  assert.ok(failure('CANCELLED')(await aborted.promise))
})

const malformedHeaders: Readonly<Record<string, Record<string, string | string[]>>> = {
  'a deadline of zero': { 'plimsoll-deadline': '0' },
  'a negative deadline': { 'plimsoll-deadline': '-5' },
  'a broken deadline': { 'plimsoll-deadline': '1e3' },
  'two deadlines': { 'plimsoll-deadline': ['10', '99999'] },
}
for (const [name, headers] of Object.entries(malformedHeaders))
  test(`${name} is bad input`, async (test) => {
    const { server, credentials } = await openSlow(test, async () => undefined)
    const reply = await send({
      address: server.address,
      service: 'pricing',
      credentials,
      path: '/pricing/refresh',
      headers,
    })
    assert.equal(reply.status, 400)
  })

test('a subject that is none is refused, and two are none', async (test) => {
  const town = await openTown(test)
  const { address } = await town.serve(pricingService)
  town.allow('pricing.quote', 'gateway/front')
  const credentials = town.credentials('gateway', 'front')
  const ask = (subject: string | string[]) =>
    send({
      address,
      service: 'pricing',
      credentials,
      path: '/pricing/quote',
      headers: { 'plimsoll-subject': subject },
    })
  assert.equal((await ask('storefront')).status, 403)
  const twice = [town.subject({ consumer: 'a', scopes: [] }), town.subject(storefront)]
  assert.equal((await ask(twice)).status, 403)
})

test('closing finishes what runs, and refuses what comes on open connections', async (test) => {
  const started = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const { town, server } = await openSlow(test, async () => {
    started.resolve()
    await finish.promise
  })
  const ada = town.caller('operator', 'ada')
  const running = ada.call(refresh)
  await started.promise
  const closed = server.close()
  await assert.rejects(ada.call({ ...refresh, timeoutMs: 200 }), failure('UNAVAILABLE'))
  finish.resolve()
  assert.deepEqual(await running, { ok: true, output: { refreshed: 1 } })
  await closed
})

test('closing does not wait for ever', async (test) => {
  const town = await openTown(test)
  const started = Promise.withResolvers<void>()
  const stuck = implement(pricingService.contract, {
    operations: {
      async quote({ sku }) {
        started.resolve()
        await sleep(1_500)
        return { sku, total: 1 }
      },
      refresh: () => ({ refreshed: 1 }),
    },
  })
  const server = await town.serve(stuck, { drainMs: 50 })
  town.allow('pricing.quote', 'operator/ada')
  const call = town.caller('operator', 'ada').call(quote)
  const broken = assert.rejects(call, failure('UNAVAILABLE'))
  await started.promise
  await server.close()
  await broken
})
