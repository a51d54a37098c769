import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { compileSchema } from '@plimsoll/contract/validate'
import { createLogger } from '../log.ts'
import { exportSettings, samplingOf } from './export-settings.ts'
import { startExporter, type Exporter } from './exporter.ts'
import { otlpSchemas } from './otlp.fixture.ts'
import { readTelemetry } from './reading.ts'
import { Telemetry } from './telemetry.ts'

interface Received {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Record<string, unknown>
}

interface Receiver {
  readonly endpoint: string
  readonly received: readonly Received[]
  /** What the next requests are answered with; 200 afterwards. */
  readonly answers: { status: number; headers?: Record<string, string>; body?: string }[]
  hold: Promise<void> | undefined
}

const checks = {
  '/v1/traces': compileSchema(otlpSchemas.traces),
  '/v1/metrics': compileSchema(otlpSchemas.metrics),
} as const

/** A small OTLP receiver: takes a request where its body is of the shape that the protocol has, and refuses any other. */
async function openReceiver(test: TestContext): Promise<Receiver> {
  const received: Received[] = []
  const receiver: Omit<Receiver, 'endpoint'> = { received, answers: [], hold: undefined }
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>
      const problems = checks[request.url as keyof typeof checks](body)
      assert.deepEqual(problems, [])
      assert.equal(request.headers['content-type'], 'application/json')
      const { status, headers = {}, body: text = '{}' } = receiver.answers.shift() ?? { status: 200 }
      received.push({ path: request.url, headers: request.headers, body })
      await receiver.hold
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
    })().catch((thrown: unknown) => {
      response.writeHead(400).end(String(thrown))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return Object.assign(receiver, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true }

function called(telemetry: Telemetry, sampled = true): void {
  telemetry.end('served', telemetry.begin('served'), {
    trace: { ...trace, sampled },
    name: 'pricing.quote',
    code: 'OK',
    failed: false,
    peer: 'spiffe://shop.internal/service/orders',
    leftMs: 12.5,
  })
}

function open(test: TestContext, endpoint: string, environment: Record<string, string> = {}) {
  const lines: string[] = []
  const telemetry = new Telemetry({ service: 'pricing', instance: 'pricing/0', version: '1.0.0', spans: 64 })
  const settings = exportSettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_METRIC_EXPORT_INTERVAL: '20',
    ...environment,
  })
  assert.ok(settings !== undefined)
  let cursor = 0
  const exporter: Exporter = startExporter({
    settings,
    firstPauseMs: 10,
    logger: createLogger({
      service: 'pricing',
      instance: 'pricing/0',
      sink: (line) => void lines.push(line),
    }),
    collect: async ({ metrics }) => {
      const read = readTelemetry(telemetry, { since: cursor, metrics })
      cursor = read.next
      return [read]
    },
  })
  // Nothing else keeps a test's process awake.
  const awake = setInterval(() => undefined, 50)
  test.after(async () => {
    clearInterval(awake)
    await exporter.close()
  })
  const count = (error?: string) =>
    exporter.metrics()[0]?.points.find(({ attributes }) => attributes['error.type'] === error)?.value
  return { telemetry, exporter, lines, count }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
  assert.ok(holds(), String(holds))
}

const spansOf = ({ received }: Receiver) =>
  received
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(
      ({ body }) => (body['resourceSpans'] as { scopeSpans: { spans: Record<string, unknown>[] }[] }[]) ?? [],
    )
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))

suite('export by OTLP', () => {
  test('spans and metrics arrive in the shape of the protocol, with the headers of the environment', async (test) => {
    const receiver = await openReceiver(test)
    const { telemetry, count } = open(test, `${receiver.endpoint}/`, {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc,x-team=shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    })
    called(telemetry)
    await until(
      () => spansOf(receiver).length === 1 && receiver.received.some(({ path }) => path === '/v1/metrics'),
    )
    const [span] = spansOf(receiver)
    assert.equal(span?.['traceId'], trace.traceId)
    assert.equal(span?.['spanId'], trace.spanId)
    assert.equal(span?.['kind'], 2)
    assert.equal(span?.['name'], 'pricing.quote')
    const attributes = JSON.stringify(span?.['attributes'])
    assert.match(attributes, /"rpc\.response\.status_code","value":\{"stringValue":"OK"/)
    assert.match(attributes, /"plimsoll\.deadline\.left","value":\{"doubleValue":0\.0125/)
    const text = JSON.stringify(receiver.received[0]?.body)
    assert.match(text, /"service\.name","value":\{"stringValue":"pricing"/)
    assert.match(text, /"deployment\.environment\.name"/)
    assert.equal(receiver.received[0]?.headers['authorization'], 'Bearer abc')
    await until(() => count() === 1)
  })

  test('what is not sampled is remembered, and not exported', async (test) => {
    const receiver = await openReceiver(test)
    const { telemetry } = open(test, receiver.endpoint)
    called(telemetry, false)
    called(telemetry)
    await until(() => spansOf(receiver).length > 0)
    assert.equal(spansOf(receiver).length, 1)
    assert.equal(telemetry.spans.since(0).spans.length, 2)
  })

  for (const status of [429, 502, 503, 504])
    test(`a receiver that answers ${status} is asked again`, async (test) => {
      const receiver = await openReceiver(test)
      receiver.answers.push({ status }, { status })
      const { telemetry, count } = open(test, receiver.endpoint, { OTEL_METRICS_EXPORTER: 'none' })
      called(telemetry)
      await until(() => count() === 1)
      assert.equal(receiver.received.length, 3)
    })

  test('the pause that the receiver asks for is kept', async (test) => {
    const receiver = await openReceiver(test)
    receiver.answers.push({ status: 503, headers: { 'retry-after': '1' } })
    const { telemetry, count } = open(test, receiver.endpoint, { OTEL_METRICS_EXPORTER: 'none' })
    const begun = performance.now()
    called(telemetry)
    await until(() => count() === 1)
    assert.ok(performance.now() - begun >= 1_000)
  })

  test('a receiver that refuses for good is not asked again: it is counted and told', async (test) => {
    const receiver = await openReceiver(test)
    receiver.answers.push({ status: 400 })
    const { telemetry, count, lines } = open(test, receiver.endpoint, { OTEL_METRICS_EXPORTER: 'none' })
    called(telemetry)
    await until(() => count('rejected') === 1)
    assert.equal(receiver.received.length, 1)
    assert.match(lines.join(''), /telemetry-not-exported/)
  })

  test('what the receiver took in part is counted as it says', async (test) => {
    const receiver = await openReceiver(test)
    receiver.answers.push({ status: 200, body: JSON.stringify({ partialSuccess: { rejectedSpans: '1' } }) })
    const { telemetry, count } = open(test, receiver.endpoint, { OTEL_METRICS_EXPORTER: 'none' })
    called(telemetry)
    called(telemetry)
    await until(() => count() === 1 && count('rejected') === 1)
  })

  test('while the receiver is slow the queue stays bounded, and what finds no room is counted', async (test) => {
    const receiver = await openReceiver(test)
    const held = Promise.withResolvers<void>()
    receiver.hold = held.promise
    const { telemetry, count } = open(test, receiver.endpoint, {
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_MAX_QUEUE_SIZE: '10',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5',
    })
    called(telemetry)
    await until(() => receiver.received.length === 1)
    for (let times = 0; times < 40; times += 1) called(telemetry)
    await until(() => Number(count('queue_full')) >= 30)
    held.resolve()
    receiver.hold = undefined
    await until(() => Number(count()) + Number(count('queue_full')) === 41)
    assert.ok(spansOf(receiver).length <= 11)
  })

  test('spans that were overwritten before they were read are counted', () => {
    const telemetry = new Telemetry({ service: 'pricing', instance: 'pricing/0', spans: 64 })
    for (let times = 0; times < 100; times += 1) called(telemetry)
    assert.equal(readTelemetry(telemetry, { since: 0, metrics: false }).lost, 36)
    assert.equal(telemetry.lost, 36)
  })

  test('a receiver that is not there stops nobody, and neither address nor header comes into the log', async (test) => {
    const { telemetry, lines, count } = open(test, 'http://127.0.0.1:1/hidden', {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter22',
      OTEL_METRICS_EXPORTER: 'none',
    })
    called(telemetry)
    await until(() => count('rejected') === 1)
    assert.ok(!/hunter22|hidden/.test(lines.join('')), lines.join(''))
  })

  test('what is there when it ends is sent', async (test) => {
    const receiver = await openReceiver(test)
    const { telemetry, exporter } = open(test, receiver.endpoint, { OTEL_BSP_SCHEDULE_DELAY: '60000' })
    called(telemetry)
    await exporter.close()
    assert.equal(spansOf(receiver).length, 1)
  })
})

suite('settings of the environment', () => {
  test('nothing is exported where nobody says where to', () => {
    assert.equal(exportSettings({}), undefined)
    assert.equal(
      exportSettings({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }),
      undefined,
    )
    assert.equal(exportSettings({}, 'http://collector:4318')?.tracesUrl, 'http://collector:4318/v1/traces')
  })

  test('an address of one signal is taken as it is', () => {
    const settings = exportSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a/t' })
    assert.equal(settings?.tracesUrl, 'http://a/t')
    assert.equal(settings.metricsUrl, undefined)
  })

  test('what is wrong is told by the name of the variable, never by its value', () => {
    for (const [name, value] of [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'hunter22'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://ada:hunter22@a'],
      ['OTEL_EXPORTER_OTLP_HEADERS', 'hunter22'],
      ['OTEL_EXPORTER_OTLP_TIMEOUT', 'hunter22'],
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ] as const)
      assert.throws(
        () => exportSettings({ [name]: value }),
        (thrown: Error & { problems: { place?: { field?: string } }[] }) => {
          assert.ok(!thrown.message.includes('hunter22'))
          return thrown.problems[0]?.place?.field === name
        },
      )
  })

  test('the sampler is one that is known', () => {
    assert.equal(samplingOf({}), undefined)
    assert.equal(samplingOf({ OTEL_TRACES_SAMPLER: 'always_off' }), 0)
    assert.equal(
      samplingOf({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }),
      0.25,
    )
    assert.throws(() => samplingOf({ OTEL_TRACES_SAMPLER: 'jaeger_remote' }), /OTEL_TRACES_SAMPLER|sampler/)
  })
})

test('about the share of chains is sampled that was asked for, and every process decides alike', () => {
  const one = new Telemetry({ service: 'a', instance: 'a', sampling: 0.25 })
  const other = new Telemetry({ service: 'b', instance: 'b', sampling: 0.25 })
  const ids = Array.from({ length: 4_000 }, () => crypto.randomUUID().replaceAll('-', ''))
  const sampled = ids.filter((id) => one.sample(id))
  assert.ok(sampled.length > 800 && sampled.length < 1_200, String(sampled.length))
  assert.ok(ids.every((id) => one.sample(id) === other.sample(id)))
})
