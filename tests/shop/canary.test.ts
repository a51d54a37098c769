// Why: values that a contract classifies are to be in no log, trace, metric and error answer; the whole shop is the place to see that.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startShop, type RunningShop } from './copy.ts'

const name = 'Ottilie Zzyzx-4711 Canary'
const email = 'ottilie.zzyzx4711@canary.example.org'
/** Pieces of the two values, in lower case, as they are and as they are usually written elsewhere. */
const pieces = [
  'zzyzx',
  'canary.example',
  Buffer.from(name).toString('base64').slice(4, 20).toLowerCase(),
  Buffer.from(email).toString('base64').slice(4, 20).toLowerCase(),
]
const orderId = '44444444-2222-4333-8444-555555555555'

/** Writes down whatever it gets, in every way that a careless handler has, then fails. */
const loudNotifications = `
import { trace } from '@opentelemetry/api'
import { implement } from '@plimsoll/service'
import { notifications } from '../../services/notifications/contract.ts'
const tracer = trace.getTracer('notifications')
export const service = implement(notifications, {
  operations: {
    async send({ orderId, email, text }, { log }) {
      log('sending to ' + email, { orderId, email, to: email, piece: email.slice(3, 22) })
      console.log('sending', { email })
      console.error(JSON.stringify({ to: email.toUpperCase() }))
      process.stdout.write('about to send to ' + encodeURIComponent(email) + '\\n')
      trace.getActiveSpan()?.setAttribute('mail.to', email)
      tracer.startActiveSpan('smtp ' + email, { attributes: { 'smtp.rcpt': email } }, (span) => {
        span.addEvent('rejected ' + email, { reason: email })
        span.recordException(new Error('550 no such user ' + email))
        span.end()
      })
      if (text.includes('crash')) setTimeout(() => { throw new Error('lost ' + email) }, 50)
      if (text.includes('json')) JSON.parse(email)
      throw Object.assign(new TypeError('cannot send to <' + email + '>', { cause: new Error(email) }), { code: email })
    },
  },
})
`

/** Fails with what another service told it. */
const loudReceipts = `
import { implement } from '@plimsoll/service'
import { orders } from '../../services/orders/contract.ts'
import { receipts } from '../../services/receipts/contract.ts'
export const service = implement(receipts, {
  uses: { orders: [orders.operations.get] },
  operations: {
    async show({ orderId }, { orders }) {
      const order = await orders.get({ orderId })
      throw new Error('no receipt for ' + JSON.stringify(order))
    },
  },
})
`

interface Receiver {
  readonly server: Server
  readonly endpoint: string
  readonly bodies: readonly string[]
}

async function openReceiver(): Promise<Receiver> {
  const bodies: string[] = []
  const server = createServer((incoming, response) => {
    let text = ''
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    incoming.on('end', () => {
      bodies.push(`${incoming.url ?? ''} ${text}`)
      response.end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, bodies, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function readSocket(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/metrics', headers: { host: 'localhost' } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject).end()
  })
}

suite('a canary in the shop', () => {
  let shop: RunningShop
  let receiver: Receiver
  before(async () => {
    receiver = await openReceiver()
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    })
    shop = await startShop()
  })
  after(async () => {
    receiver.server.closeAllConnections()
    receiver.server.close()
    await shop.remove()
  })

  /** What somebody got to read who is not to read the value. */
  const told: string[] = []
  const order = () => new URLSearchParams({ sku: 'LT-1000', quantity: '2', name, email, token: 'tok_visa' })
  const post = (id: string, body: URLSearchParams) =>
    fetch(`${shop.shop}/orders/${id}`, { method: 'POST', body, redirect: 'manual' })
  /** The same order, sent again where a busy machine was too slow, is one order. */
  const place = async (id: string) => {
    for (let tries = 0; tries < 10; tries += 1) if ((await post(id, order())).status === 303) return
    assert.fail('no order could be placed')
  }
  /** The page of the first order, asked for again where a busy machine was too slow. */
  const receipt = async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      const page = await fetch(`${shop.shop}/receipts/${orderId}`)
      const text = await page.text()
      if (page.ok) return text
      told.push(text)
    }
    return assert.fail('no receipt came')
  }
  const gateway = (path: string, json: unknown, method = 'PUT') =>
    shop.shell(
      `curl --silent --show-error --cacert .plimsoll/gateway/ca.pem -H @.plimsoll/consumers/storefront.header -H 'content-type: application/json' -X ${method} -d '${JSON.stringify(json)}' "https://localhost:${shop.environment['SHOP_GATEWAY_PORT'] ?? ''}${path}"`,
    )
  const send = (text: string) =>
    shop.plimsoll('call', 'notifications.send', '--input', JSON.stringify({ orderId, email, text }))

  test('it travels: the order is stored with it, and the receipt shows it', async () => {
    await place(orderId)
    assert.match(await receipt(), /Thank you, Ottilie Zzyzx-4711/)
    const data = join(shop.folder, '.plimsoll/data')
    const stored = readdirSync(join(data, 'orders')).map((file) =>
      readFileSync(join(data, 'orders', file), 'latin1'),
    )
    assert.ok(stored.some((text) => text.includes(email)))
    assert.ok(readFileSync(join(data, 'notifications/outbox.jsonl'), 'utf8').includes(email))
  })

  test('it comes with wrong input, unknown members, in addresses and to nobody', async () => {
    const customer = { name, email }
    const good = { sku: 'LT-1000', quantity: 1, customer, paymentToken: 'tok_visa' }
    const id = '55555555-2222-4333-8444-555555555555'
    const answers = [
      await gateway(`/orders/${id}`, { ...good, customer: { name, email: `${name} at home` } }),
      await gateway(`/orders/${id}`, { ...good, customer: { name: email.repeat(9), email } }),
      await gateway(`/orders/${id}`, { ...good, quantity: email, nickname: name }),
      await gateway(`/orders/${id}`, { ...good, customer: email }),
      await gateway(`/orders/${id}?email=${encodeURIComponent(email)}`, good),
      await gateway(`/orders/${encodeURIComponent(email)}`, good),
      await gateway(`/nobody/${encodeURIComponent(email)}`, { email }),
      await gateway(`/orders/${id}`, { ...good, sku: 'NONE' }),
      await shop.plimsoll('call', 'orders.place', '--input', JSON.stringify({ ...good, orderId: email })),
      await shop.plimsoll(
        'call',
        'notifications.send',
        '--input',
        JSON.stringify({ orderId, email: name, text: email }),
      ),
    ]
    told.push(...answers.flatMap(({ output, error }) => [output, error]))
    assert.ok(told.join('').includes('INVALID_INPUT'))
  })

  test('handlers fail with it in the message, log it, print it and put it on spans', async () => {
    for (const [candidate, code] of Object.entries({ loudNotifications, loudReceipts })) {
      const folder = join(shop.folder, 'candidates', candidate)
      mkdirSync(folder)
      writeFileSync(join(folder, 'service.ts'), code)
      const service = candidate.replace('loud', '').toLowerCase()
      const deployed = await shop.plimsoll('deploy', service, '--entry', `candidates/${candidate}/service.ts`)
      assert.equal(deployed.code, 0, deployed.output + deployed.error)
    }
    await place('66666666-2222-4333-8444-555555555555')
    told.push(await (await fetch(`${shop.shop}/receipts/${orderId}`)).text())
    for (const text of ['plain', 'json']) {
      const { code, output, error } = await send(text)
      assert.equal(code, 1)
      told.push(output, error)
    }
    const lines = await shop.plimsoll('logs', 'notifications', '-n', '500')
    // The lines are there, and something was taken out of them.
    for (const event of ['"event":"handler"', '"event":"output"', '"event":"call-failed"', '[redacted]'])
      assert.ok(lines.output.includes(event), `${event}\n${lines.output}`)
    told.push(lines.output)
  })

  test('the way of a call is shown from the gateway to the last service', async () => {
    const { output } = await shop.plimsoll('trace', '--errors', '--most', '200', '--json')
    const { traces } = JSON.parse(output) as {
      traces: { traceId: string; spans: { service: string; name: string }[] }[]
    }
    const placed = traces.find(
      ({ spans }) =>
        spans.some((span) => span.name === 'PUT /orders/{orderId}') &&
        spans.some((span) => span.service === 'notifications'),
    )
    assert.ok(placed !== undefined, output.slice(0, 4_000))
    const services = new Set(placed.spans.map(({ service }) => service))
    for (const service of ['gateway', 'orders', 'pricing', 'inventory', 'payments', 'notifications'])
      assert.ok(services.has(service), service)
    const tree = await shop.plimsoll('trace', placed.traceId)
    assert.match(tree.output, /PUT \/orders\/\{orderId\}.*[\s\S]*└ .*notifications\.send/)
    const some = await Promise.all(
      [['--slow'], ['--errors'], ['--service', 'notifications', '--json'], ['--most', '200', '--json']].map(
        (words) => shop.plimsoll('trace', ...words),
      ),
    )
    told.push(output, tree.output, ...some.map((one) => one.output))
  })

  test('a process that ends of an error that nobody catches tells it without the value', async () => {
    const { output, error } = await send('crash')
    told.push(output, error)
    const uncaught = () =>
      readFileSync(join(shop.folder, '.plimsoll/logs/notifications-0.log'), 'utf8').includes(
        '"event":"uncaught"',
      )
    for (let tries = 0; tries < 200 && !uncaught(); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
    assert.ok(uncaught())
  })

  test('it stands in no log, no trace, no metric and no error answer', async () => {
    const exported = () => receiver.bodies.join('')
    for (
      let tries = 0;
      tries < 200 && !/notifications\.send[\s\S]*rpc\.server\.call\.duration/.test(exported());
      tries += 1
    )
      await new Promise((resolve) => setTimeout(resolve, 100))
    const metrics = await readSocket(join(shop.folder, '.plimsoll/admin.sock'))
    assert.match(metrics, /rpc_server_call_duration_seconds_count\{[^}]*rpc_method="orders\.place"/)
    assert.match(exported(), /\/v1\/traces .*smtp/)
    assert.match(exported(), /\/v1\/metrics /)
    const logs = join(shop.folder, '.plimsoll/logs')
    const places: Record<string, string> = Object.fromEntries(
      readdirSync(logs).map((file) => [file, readFileSync(join(logs, file), 'utf8')]),
    )
    Object.assign(places, { answers: told.join('\n'), metrics, exported: exported(), printed: shop.output() })
    for (const [place, text] of Object.entries(places)) {
      const lower = text.toLowerCase()
      for (const piece of pieces) {
        const at = lower.indexOf(piece)
        assert.ok(at === -1, `${piece} in ${place}: ${text.slice(Math.max(0, at - 200), at + 100)}`)
      }
    }
  })
})
