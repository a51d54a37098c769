import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { openAdmin } from './admin.ts'
import { prometheusText } from './prometheus.ts'
import { Telemetry } from './telemetry.ts'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}
interface Family {
  readonly type: string
  readonly help: string
  readonly samples: Sample[]
}

/**
 * The text format 0.0.4 as strictly as its documentation has it: HELP and TYPE once and before the samples, all samples of a family in one
 * place, no series twice, histograms complete and growing.
 */
function parse(text: string): ReadonlyMap<string, Family> {
  assert.ok(text.endsWith('\n'))
  const families = new Map<string, Family>()
  const series = new Set<string>()
  let current: { name: string; family: Family } | undefined
  let help: { name: string; text: string } | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    const helps = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line)
    const types = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line)
    if (helps !== null) {
      help = { name: helps[1] ?? '', text: helps[2] ?? '' }
      continue
    }
    if (types !== null) {
      const name = types[1] ?? ''
      assert.equal(help?.name, name, 'HELP stands before TYPE')
      assert.ok(!families.has(name), `${name} twice`)
      current = { name, family: { type: types[2] ?? '', help: help?.text ?? '', samples: [] } }
      families.set(name, current.family)
      continue
    }
    const sample = parseSample(line)
    assert.ok(current !== undefined, line)
    const { name, family } = current
    const allowed =
      family.type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]
    assert.ok(allowed.includes(sample.name), `${sample.name} in ${name}`)
    const key = JSON.stringify([sample.name, Object.entries(sample.labels)])
    assert.ok(!series.has(key), `twice: ${line}`)
    series.add(key)
    family.samples.push(sample)
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family)
  return families
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.eE+-]+|NaN|[+-]Inf)$/.exec(line)
  assert.ok(match !== null, `no sample: ${line}`)
  const labels: Record<string, string> = {}
  let rest = match[2] ?? ''
  while (rest !== '') {
    const pair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=.)|$)/.exec(rest)
    assert.ok(pair !== null, `no label: ${rest}`)
    assert.ok(!Object.hasOwn(labels, pair[1] ?? ''), line)
    labels[pair[1] ?? ''] = pair[2] ?? ''
    rest = rest.slice(pair[0].length)
  }
  return { name: match[1] ?? '', labels, value: Number(match[3]) }
}

function checkHistogram(name: string, { samples }: Family): void {
  const groups = Map.groupBy(samples, ({ labels: { le: _le, ...labels } }) => JSON.stringify(labels))
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')))
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
    )
    assert.equal(bounds.at(-1), Infinity)
    const counts = buckets.map(({ value }) => value)
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    )
    assert.equal(counts.at(-1), group.find((sample) => sample.name === `${name}_count`)?.value)
    assert.ok((group.find((sample) => sample.name === `${name}_sum`)?.value ?? -1) >= 0)
  }
}

function told(service = 'pricing') {
  const telemetry = new Telemetry({ service, instance: `${service}/0`, version: '1.0.0' })
  const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
  for (const [name, code, failed] of [
    ['pricing.quote', 'OK', false],
    ['pricing.quote', 'OK', false],
    ['pricing.quote', 'INTERNAL', true],
    ['a"b\\c\nd', 'OK', false],
  ] as const)
    telemetry.end('served', telemetry.begin('served'), { trace, name, code, failed })
  telemetry.end('requested', telemetry.begin('requested'), {
    trace,
    name: 'GET /quotes/{sku}',
    code: '200',
    failed: false,
  })
  return { telemetry, resource: telemetry.resource, metrics: telemetry.metrics() }
}

suite('Prometheus', () => {
  test('names, units and kinds are those of the conventions', () => {
    const families = parse(prometheusText([told()]))
    const kinds = Object.fromEntries([...families].map(([name, { type }]) => [name, type]))
    for (const [name, type] of Object.entries({
      target_info: 'gauge',
      rpc_server_call_duration_seconds: 'histogram',
      http_server_request_duration_seconds: 'histogram',
      http_server_active_requests: 'gauge',
      process_cpu_time_seconds_total: 'counter',
      process_memory_usage_bytes: 'gauge',
      plimsoll_spans_recorded_total: 'counter',
    }))
      assert.equal(kinds[name], type, name)
    const calls = families.get('rpc_server_call_duration_seconds')?.samples ?? []
    const failed = calls.find(
      ({ name, labels }) => name.endsWith('_count') && labels['error_type'] === 'INTERNAL',
    )
    assert.equal(failed?.value, 1)
    assert.equal(failed?.labels['rpc_method'], 'pricing.quote')
    assert.equal(failed?.labels['service_instance_id'], 'pricing/0')
  })

  test('what several processes tell is one text', () => {
    const families = parse(prometheusText([told(), told('catalog')]))
    assert.equal(families.get('target_info')?.samples.length, 2)
  })

  test('series have a bound, whatever comes in', () => {
    const { telemetry } = told()
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
    for (let at = 0; at < 5_000; at += 1)
      telemetry.end('served', telemetry.begin('served'), { trace, name: `x${at}`, code: 'OK', failed: false })
    const metric = telemetry.metrics().find(({ name }) => name === 'rpc.server.call.duration')
    assert.equal(metric?.points.length, 2_001)
    assert.deepEqual(metric.points.at(-1)?.attributes, { 'otel.metric.overflow': true })
  })
})

interface Page {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly text: string
}

function get(options: object): Promise<Page> {
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], text }),
      )
    })
      .on('error', reject)
      .end()
  })
}

suite('the admin port', () => {
  test('tells at a socket of this user alone', async (test) => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-admin-'))
    test.after(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'admin.sock')
    const admin = await openAdmin(async () => [told()], { path })
    try {
      assert.equal(statSync(path).mode & 0o777, 0o600)
      const page = await get({ socketPath: path, path: '/metrics', headers: { host: 'localhost' } })
      assert.equal(page.status, 200)
      assert.match(page.type ?? '', /^text\/plain; version=0\.0\.4/)
      parse(page.text)
    } finally {
      await admin.close()
    }
    const again = await openAdmin(async () => [told()], { path })
    await again.close()
  })

  test('at a loopback port it answers nobody who came by another name, and nothing else', async () => {
    const admin = await openAdmin(async () => [told()], { host: '127.0.0.1', port: 0 })
    const port = Number(admin.address.split(':').at(-1))
    try {
      const at = (path: string, host: string, method = 'GET') =>
        get({ port, path, method, headers: { host } })
      assert.equal((await at('/metrics', `127.0.0.1:${port}`)).status, 200)
      assert.equal((await at('/metrics', 'evil.example')).status, 421)
      assert.equal((await at('/', 'localhost')).status, 404)
      assert.equal((await at('/metrics?x', 'localhost')).status, 404)
      assert.equal((await at('/metrics', 'localhost', 'POST')).status, 405)
    } finally {
      await admin.close()
    }
  })

  test('it opens at no address that others reach', async () => {
    await assert.rejects(
      openAdmin(async () => [], { host: '0.0.0.0', port: 0 }),
      /loopback/,
    )
  })
})
