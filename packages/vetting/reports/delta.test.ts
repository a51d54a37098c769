import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { emptyArchitecture } from '@plimsoll/architecture'
import { vet } from '../gate.ts'
import { sketch } from '../rules/example.ts'
import { deltaOf } from './delta.ts'
import { renderHtml } from './html.ts'
import { renderJson } from './json.ts'
import { reportOfVerdict, reportOn } from './report.ts'
import { renderReport, renderVerdict } from './terminal.ts'
import { hostile, judgementOf, shop } from './testing/architectures.ts'

const clock = { now: () => Date.parse('2026-11-24T00:00:00Z') }
const plain = { colour: false, width: 100 }

const running = {
  name: 'shop',
  components: {
    storefront: { kind: 'client' },
    checkout: { replicas: 2 },
    payments: { replicas: 2 },
    orders: { kind: 'store', replicas: 2, holds: ['personal'] },
  },
  operations: {
    'checkout.view': { access: 'consumers' },
    'payments.charge': { dataOut: ['secret'] },
  },
  calls: { 'storefront -> checkout.view': {}, 'payments -> orders': {} },
} as const
const before = sketch(running)
const after = sketch({
  ...running,
  calls: { ...running.calls, 'checkout.view -> payments.charge': { attempts: 3 } },
})
const compared = { before, after }
const verdict = vet({
  ...compared,
  alone: emptyArchitecture('shop'),
  candidate: {},
  policy: { failOn: 'high', operatorCalls: false },
  waivers: [],
  clock,
})

suite('what a candidate changes', () => {
  test('is in the terminal: who reaches what and how, availability, and attempts', () => {
    const lines = renderVerdict(verdict, compared, plain).split('\n')
    const at = lines.findIndex((line) => line.startsWith('reach'))
    assert.deepEqual(
      lines.slice(at, at + 6).map((line) => line.trimEnd()),
      [
        'reach     + storefront and checkout now reach payments.charge and orders; secret and personal data',
        '            by storefront → checkout.view → payments.charge',
        'available − checkout.view 99.89 % → 99.67 % at worst; now needs orders and payments',
        'attempts  + orders and payments.charge are called up to 3 times for one request at checkout.view,',
        '            once before',
        '            by checkout.view → payments.charge → orders',
      ],
    )
  })

  test('is in the JSON report and on the page', () => {
    const report = reportOfVerdict(verdict, compared, 'high')
    const { delta } = JSON.parse(renderJson(report)) as typeof report
    assert.deepEqual(delta?.gained.list[0]?.operations, ['payments.charge'])
    assert.deepEqual(delta.gained.list[0].dataClasses, ['secret', 'personal'])
    assert.deepEqual(delta.amplification.list[0], {
      entry: 'checkout.view',
      targets: ['orders', 'payments.charge'],
      before: 1,
      after: 3,
      way: ['checkout.view', 'payments.charge', 'orders'],
    })
    assert.match(
      renderHtml(report),
      /What changes<\/h2>[^]*storefront and checkout now reach payments\.charge/,
    )
  })

  test('the other way round it is what nobody reaches any more', () => {
    const text = renderVerdict(verdict, { before: after, after: before }, plain)
    assert.match(text, /^reach {5}− storefront and checkout no longer reach payments\.charge/m)
    assert.match(text, /^available \+ checkout\.view .* no longer needs orders and payments/m)
  })

  test('nothing that differs is said in one line, and nothing where there was nothing to compare with', () => {
    assert.match(
      renderVerdict(verdict, { before, after: before }, plain),
      /^change {4}nobody reaches anything else/m,
    )
    assert.equal(deltaOf(emptyArchitecture('shop'), after), undefined)
    assert.doesNotMatch(renderReport(reportOn(after), plain), /^(?:reach|change) /m)
  })

  test('is bounded: a few lines on one screen, a hundred in the report, and how many more there are', () => {
    const crowd = Array.from({ length: 150 }, (_, at) => `part-${String(at).padStart(3, '0')}`)
    const many = sketch({
      components: Object.fromEntries(crowd.map((id) => [id, {}])),
      calls: Object.fromEntries(crowd.slice(1).map((id, at) => [`${id} -> ${crowd[at] ?? ''}`, {}])),
    })
    const apart = { ...many, calls: [] }
    const report = reportOn(many, { before: apart, clock })
    assert.equal(report.delta?.gained.list.length, 100)
    assert.ok(report.delta.gained.count > 100)
    const few = renderReport(report, plain)
      .split('\n')
      .filter((line) => / now reach/.test(line))
    assert.equal(few.length, 3)
    assert.match(renderReport(report, plain), /and \d+ more$/m)
  })

  test('attack: names reach neither the terminal nor the page as anything but text', () => {
    const bare = { ...shop(hostile), calls: [] }
    const report = reportOn(shop(hostile), {
      before: bare,
      judgement: judgementOf(shop(hostile), hostile),
      clock,
    })
    assert.ok((report.delta?.gained.count ?? 0) > 0)
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.doesNotMatch(renderReport(report, plain), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    assert.doesNotMatch(renderHtml(report), /<img|<\/title><\/script>/)
  })
})
