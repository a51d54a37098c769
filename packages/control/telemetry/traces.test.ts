import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { EngineMessage } from '@plimsoll/service'
import type { Teller } from '../engines/engine.ts'
import { FleetTelemetry, type OwnedSpan } from './fleet-telemetry.ts'
import { Questions } from './questions.ts'
import { parseTold } from './told.ts'
import { durationOf, selectTraces } from './traces.ts'

const span = (facts: Partial<OwnedSpan>): OwnedSpan => ({
  service: 'pricing',
  instance: 'pricing/0',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentId: undefined,
  name: 'pricing.quote',
  kind: 'server',
  start: 1_000,
  durationMs: 5,
  code: 'OK',
  failed: false,
  sampled: true,
  ...facts,
})

suite('which traces are shown', () => {
  const spans = [
    span({ traceId: '1'.repeat(32), start: 1_000, durationMs: 90 }),
    span({ traceId: '2'.repeat(32), start: 2_000 }),
    span({ traceId: '2'.repeat(32), start: 2_001, service: 'catalog', code: 'INTERNAL', failed: true }),
    span({ traceId: '3'.repeat(32), start: 3_000, code: 'REFUSED' }),
  ]
  const ids = (wanted: Partial<Parameters<typeof selectTraces>[1]>) =>
    selectTraces(spans, { most: 20, ...wanted }).map(({ traceId }) => traceId[0])

  test('the newest first, or the slowest', () => {
    assert.deepEqual(ids({}), ['3', '2', '1'])
    assert.deepEqual(ids({ only: 'slow' }), ['1', '2', '3'])
    assert.deepEqual(ids({ most: 1 }), ['3'])
  })
  test('those that failed or were refused, those of a service, one by the beginning of its id', () => {
    assert.deepEqual(ids({ only: 'errors' }), ['3', '2'])
    assert.deepEqual(ids({ service: 'catalog' }), ['2'])
    assert.deepEqual(ids({ trace: '11' }), ['1'])
    assert.deepEqual(ids({ trace: 'ff' }), [])
  })
  test('an answer stays small, whatever is remembered', () => {
    const many = Array.from({ length: 50 }, (_, trace) =>
      Array.from({ length: 1_000 }, (_none, at) =>
        span({ traceId: String(trace).padStart(32, '0'), spanId: String(at).padStart(16, '0') }),
      ),
    ).flat()
    const found = selectTraces(many, { most: 200 })
    assert.ok(found.length >= 1)
    assert.ok(found.reduce((sum, one) => sum + one.spans.length, 0) <= 1_200)
  })
  test('a trace takes from its first beginning to its last end', () => {
    assert.equal(durationOf({ traceId: '', spans: [span({}), span({ start: 1_003, durationMs: 9 })] }), 12)
  })
})

suite('what a process tells is looked at before it is believed', () => {
  const { service: _service, instance: _instance, ...plain } = span({})
  const told = { spans: [plain], metrics: [], since: 0, next: 1, lost: 0 }

  test('the right shape is taken, any other is not', () => {
    assert.equal(parseTold(JSON.parse(JSON.stringify(told)))?.spans.length, 1)
    for (const wrong of [
      undefined,
      5,
      {},
      { ...told, spans: 'x' },
      { ...told, spans: [{ ...plain, traceId: 'x' }] },
      { ...told, spans: [{ ...plain, name: 'x'.repeat(9_000) }] },
      { ...told, metrics: [{ name: 'A b' }] },
      { ...told, next: 'x' },
    ])
      assert.equal(parseTold(wrong), undefined)
  })

  test('only an answer to a question counts, and once', async () => {
    const sent: EngineMessage[] = []
    const questions = new Questions((message) => void sent.push(message))
    questions.hear({ type: 'telemetry', id: 1, told: told as never })
    const answer = questions.ask({ metrics: false })
    questions.hear({ type: 'telemetry', id: 99, told: told as never })
    questions.hear({ type: 'telemetry', id: 1, told: { ...told, spans: 5 } as never })
    assert.equal(await answer, undefined)
    const second = questions.ask({ metrics: false })
    questions.hear({ type: 'telemetry', id: 2, told: told as never })
    assert.equal((await second)?.next, 1)
    assert.equal(sent.length, 2)
    const last = questions.ask({ metrics: true })
    questions.close()
    assert.equal(await last, undefined)
  })

  test('an exporter gets each span once, under the name that the engine knows, and goes on after a silence', async () => {
    const asked: (number | undefined)[] = []
    let silent = false
    const teller: Teller = {
      service: 'pricing',
      instance: 'pricing/0',
      pid: 7,
      tell: async ({ since }) => {
        asked.push(since)
        return silent ? undefined : { ...told, next: asked.length * 10 }
      },
    }
    const fleet = new FleetTelemetry(() => [teller])
    const [first] = await fleet.news({ metrics: false })
    assert.deepEqual(first?.resource, { service: 'pricing', instance: 'pricing/0', version: undefined })
    silent = true
    assert.deepEqual(await fleet.news({ metrics: false }), [])
    silent = false
    await fleet.news({ metrics: false })
    assert.deepEqual(asked, [0, 10, 10])
  })
})
