import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import { defineContract, personal, secret, use } from '@plimsoll/contract'
import * as z from 'zod'
import { implement } from '../implement.ts'
import { openTown } from '../testing/town.ts'
import { activeScope } from './call-scope.ts'
import { registerOpenTelemetry } from './open-telemetry.ts'
import type { Span } from './span.ts'
import { Telemetry } from './telemetry.ts'

const canary = 'Cañary-7f3a/Quux "9" zz'

const mail = defineContract({
  name: 'mail',
  version: '1.0.0',
  operations: {
    send: {
      input: z.object({ email: personal(z.string().max(80)), way: z.string().max(20) }),
      output: z.object({ token: secret(z.string().max(80)) }),
      access: 'services',
      deadline: '2s',
      idempotent: true,
    },
  },
})

const orders = defineContract({
  name: 'orders',
  version: '1.0.0',
  operations: {
    place: {
      input: z.object({ email: personal(z.string().min(4).max(80)), way: z.string().max(20) }),
      output: z.object({ email: personal(z.string().max(80)), sent: z.boolean() }),
      errors: { CLOSED: { status: 409 } },
      access: 'services',
      deadline: '2s',
    },
  },
})

/** `tracestate` as it arrived at the last service. */
const states: (string | undefined)[] = []

const mailService = implement(mail, {
  operations: {
    send({ email, way }) {
      states.push(activeScope()?.trace.state)
      if (way === 'mail-throws') throw new Error(`cannot send to <${email}>`)
      return { token: `token-${canary}` }
    },
  },
})

const tracer = () => trace.getTracer('shop', '1.2.3')

const ordersService = implement(orders, {
  uses: { mail: [use(mail.operations.send, { attempts: 2 })] },
  operations: {
    async place({ email, way }, { mail, log, fail }) {
      if (way === 'closed') return fail('CLOSED')
      if (way === 'throws') throw new TypeError(`no ${email}`, { cause: new Error(email) })
      if (way === 'logs') log(`order of ${email}`, { customerEmail: 'x', email, piece: email.slice(2, 14) })
      if (way === 'mail-secret') throw new Error(`got ${(await mail.send({ email, way })).token}`)
      if (way === 'span') {
        trace.getActiveSpan()?.setAttribute('shop.basket', 3).setAttribute('shop.note', `for ${email}`)
        return tracer().startActiveSpan('pack', { attributes: { email: 'hash', size: 2 } }, async (span) => {
          const error = new Error(`bad ${email}`)
          span.recordException(error)
          span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
          await mail.send({ email, way })
          span.end()
          return { email, sent: true }
        })
      }
      await mail.send({ email, way })
      return { email, sent: true }
    },
  },
})

async function openShop(test: TestContext) {
  const town = await openTown(test)
  const telemetries = {
    caller: new Telemetry({ service: 'caller', instance: 'caller/0' }),
    orders: new Telemetry({ service: 'orders', instance: 'orders/0' }),
    mail: new Telemetry({ service: 'mail', instance: 'mail/0' }),
  }
  await town.serve(mailService, { telemetry: telemetries.mail })
  await town.serve(ordersService, { telemetry: telemetries.orders })
  town.allow('mail.send', 'service/orders')
  town.allow('orders.place', 'service/till')
  const caller = town.caller('service', 'till', { telemetry: telemetries.caller })
  const place = (way: string, more: object = {}) =>
    caller.call({
      service: 'orders',
      operation: 'place',
      input: { email: canary, way, ...more },
      timeoutMs: 2_000,
    })
  const spans = () =>
    Object.values(telemetries)
      .flatMap((one) => one.spans.all())
      .toSorted((a, b) => a.start - b.start)
  return { town, telemetries, place, spans, caller }
}

const find = (spans: readonly Span[], name: string, kind: Span['kind']): Span =>
  spans.find((span) => span.name === name && span.kind === kind) ?? assert.fail(`${kind} ${name}`)

/** Nothing of the value, in any of the ways in which it is usually written. */
function assertSilent(text: string): void {
  for (const piece of ['7f3a', '7F3A', encodeURIComponent(canary).slice(4, 14), 'Quux'])
    assert.ok(!text.includes(piece), text)
}

suite('calls and what is seen of them', () => {
  test('each end of each call has a span, with the other end as parent, in one trace', async (test) => {
    const { place, spans, telemetries } = await openShop(test)
    assert.deepEqual(await place('usual'), { ok: true, output: { email: canary, sent: true } })
    const all = spans()
    assert.equal(all.length, 4)
    assert.equal(new Set(all.map(({ traceId }) => traceId)).size, 1)
    const [first, second, third, fourth] = [
      find(telemetries.caller.spans.all(), 'orders.place', 'client'),
      find(telemetries.orders.spans.all(), 'orders.place', 'server'),
      find(telemetries.orders.spans.all(), 'mail.send', 'client'),
      find(telemetries.mail.spans.all(), 'mail.send', 'server'),
    ]
    assert.deepEqual(
      [first.parentId, second.parentId, third.parentId, fourth.parentId],
      [undefined, first.spanId, second.spanId, third.spanId],
    )
    assert.equal(second.peer, 'spiffe://shop.test/service/till')
    assert.equal(third.attempts, 1)
    for (const { code, failed, leftMs = 0, sampled } of all) {
      assert.deepEqual([code, failed, sampled], ['OK', false, true])
      assert.ok(leftMs > 0 && leftMs <= 2_000)
    }
  })

  test('traceparent and tracestate of whoever began are followed, to the last service', async (test) => {
    const { caller, telemetries } = await openShop(test)
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const from = { traceId, spanId: '00f067aa0ba902b7', sampled: false, state: 'vendor=a b,other=1' }
    const input = { email: canary, way: 'usual' }
    await caller.call({ service: 'orders', operation: 'place', input, timeoutMs: 2_000, trace: from })
    const last = find(telemetries.mail.spans.all(), 'mail.send', 'server')
    assert.equal(last.traceId, traceId)
    assert.equal(states.at(-1), from.state)
    assert.equal(last.sampled, false)
    assert.equal(find(telemetries.caller.spans.all(), 'orders.place', 'client').parentId, from.spanId)
  })

  test('declared errors, refusals and failures are told apart', async (test) => {
    const { place, spans, caller, telemetries } = await openShop(test)
    await place('closed')
    await assert.rejects(place('throws'))
    await assert.rejects(place('usual', { email: 'x' }))
    const other = { service: 'orders', operation: 'steal', input: {}, timeoutMs: 500 }
    await assert.rejects(caller.call(other))
    const served = spans().filter(({ kind }) => kind === 'server')
    assert.deepEqual(
      served.map(({ name, code, failed }) => [name, code, failed]),
      [
        ['orders.place', 'CLOSED', false],
        ['orders.place', 'INTERNAL', true],
        ['orders.place', 'INVALID_INPUT', false],
        ['orders._OTHER', 'REFUSED', false],
      ],
    )
    const metric = telemetries.orders.metrics().find(({ name }) => name === 'rpc.server.call.duration')
    assert.deepEqual(metric?.points.map(({ attributes }) => attributes).toSorted(byCode), [
      { 'rpc.system.name': 'plimsoll', 'rpc.method': 'orders.place', 'rpc.response.status_code': 'CLOSED' },
      {
        'rpc.system.name': 'plimsoll',
        'rpc.method': 'orders.place',
        'rpc.response.status_code': 'INTERNAL',
        'error.type': 'INTERNAL',
      },
      {
        'rpc.system.name': 'plimsoll',
        'rpc.method': 'orders.place',
        'rpc.response.status_code': 'INVALID_INPUT',
      },
      { 'rpc.system.name': 'plimsoll', 'rpc.method': 'orders._OTHER', 'rpc.response.status_code': 'REFUSED' },
    ])
  })

  for (const way of ['throws', 'logs', 'mail-throws', 'mail-secret', 'span'])
    test(`a classified value comes into no log line and no span: ${way}`, async (test) => {
      registerOpenTelemetry()
      const { place, spans, town } = await openShop(test)
      await place(way).catch((thrown: unknown) => assertSilent(inspect(thrown, { depth: 9 })))
      if (way !== 'span') assert.ok(town.lines.length > 0)
      assertSilent(JSON.stringify(town.lines) + JSON.stringify(spans()))
    })

  test('the log says which declared fields are wrong, and no name that the caller made up', async (test) => {
    const { place, town } = await openShop(test)
    await assert.rejects(place('usual', { email: 5, way: { [canary]: 1 } }))
    assert.deepEqual(
      town.lines.map(({ reason }) => reason),
      ['the input does not fit the contract at: email, way'],
    )
  })
})

const byCode = (one: object, other: object) =>
  String(Object.values(one)[2]) < String(Object.values(other)[2]) ? -1 : 1

suite('OpenTelemetry’s API in a handler', () => {
  registerOpenTelemetry()

  test('the active span is the call’s; spans begun in it are its children, and parents of its calls', async (test) => {
    const { place, telemetries } = await openShop(test)
    await place('span')
    const spans = telemetries.orders.spans.all()
    const served = find(spans, 'orders.place', 'server')
    const pack = find(spans, 'pack', 'internal')
    const called = find(spans, 'mail.send', 'client')
    assert.equal(served.detail?.attributes?.['shop.basket'], 3)
    assert.equal(pack.parentId, served.spanId)
    assert.equal(pack.traceId, served.traceId)
    assert.equal(called.parentId, pack.spanId)
    assert.equal(pack.failed, true)
    assert.deepEqual(pack.detail?.scope, { name: 'shop', version: '1.2.3' })
    assert.equal(pack.detail?.attributes?.['email'], '[redacted]')
    assert.equal(pack.detail?.attributes?.['size'], 2)
    assert.equal(pack.detail?.events?.[0]?.name, 'exception')
  })

  test('contexts are carried, injected and extracted as the API says', async () => {
    assert.equal(trace.getActiveSpan(), undefined)
    const span = tracer().startSpan('outside')
    await context.with(trace.setSpan(context.active(), span), async () => {
      await Promise.resolve()
      assert.equal(trace.getActiveSpan(), span)
      const headers: Record<string, string> = {}
      propagation.inject(context.active(), headers)
      const { traceId, spanId } = span.spanContext()
      assert.equal(headers['traceparent'], `00-${traceId}-${spanId}-01`)
      const remote = trace.getSpanContext(propagation.extract(context.active(), headers))
      assert.equal(remote?.spanId, spanId)
    })
    assert.equal(trace.getActiveSpan(), undefined)
    span.end()
    assert.equal(span.isRecording(), false)
  })
})
