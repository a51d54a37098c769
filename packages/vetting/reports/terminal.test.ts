import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { reportOn, type Report } from './report.ts'
import { renderReport } from './terminal.ts'
import { hostile, judgementOf, shop } from './testing/architectures.ts'

const clock = { now: () => Date.parse('2026-11-24T00:00:00Z') }
const plain = { colour: false, width: 100 }

function report(settings: Parameters<typeof reportOn>[1] = {}): Report {
  const architecture = shop()
  return reportOn(architecture, { judgement: judgementOf(architecture), clock, ...settings })
}

suite('a report in the terminal', () => {
  test('begins with the verdict, then how much was seen, then the worst finding', () => {
    const [verdict, seen, ...rest] = renderReport(report(), plain).split('\n')
    assert.equal(verdict, 'FAILED    shop  2 findings at high or above (1 critical, 1 high, 1 medium, 1 low)')
    assert.match(
      seen ?? '',
      /^seen {6}8 components, 7 calls; of the facts that rules ask for, \d+% are in the files$/,
    )
    assert.equal(
      rest.find((line) => line.startsWith('critical')),
      'critical  RH3 Title of RH3',
    )
  })

  test('a finding has its place, its way and its fix', () => {
    const text = renderReport(report(), plain)
    assert.ok(text.includes('deploy/compose.yaml:12  storefront → gateway → orders → payments'))
    assert.ok(text.includes('     fix  correct payments'))
  })

  test('is one screen, however many findings there are; the first of each rule comes before the second of any', () => {
    const many = Array.from({ length: 200 }, (_, at) => {
      const [first] = judgementOf(shop()).findings
      if (first === undefined) throw new TypeError('no finding')
      const rule = at < 150 ? 'AV1' : `CF${at % 9}`
      return { ...first, rule, severity: 'high' as const, fingerprint: String(at).padStart(16, '0') }
    })
    const text = renderReport(report({ judgement: { findings: many, unknowns: [] } }), plain)
    assert.ok(text.split('\n').length <= 40)
    assert.match(text, /^high {6}CF6 /m)
    assert.match(text, /^more {6}high .*AV1 \(149\)/m)
  })

  test('with all there is every step with its place, and the fingerprint', () => {
    const text = renderReport(report(), { ...plain, all: true })
    assert.match(text, /payments {2}is needed {2}deploy\/compose\.yaml:12/)
    assert.match(text, /fingerprint [0-9a-f]{16}/)
    assert.ok(text.includes('CF1  how long orders waits'))
  })

  test('against an earlier report only what is new counts', () => {
    const { findings } = judgementOf(shop())
    const compared = report({ since: findings })
    assert.equal(compared.passed, true)
    assert.match(renderReport(compared, plain), /^PASSED {4}shop {2}nothing new or worse at high or above/)
  })

  test('what is not known is summarised, and never counted as fine', () => {
    assert.match(renderReport(report(), plain), /^unknown {3}1 questions? .*none counted as fine: CF1 1$/m)
  })

  test('attack: a name gives the terminal no command, on one line, with and without colour', () => {
    const architecture = shop(hostile)
    const attacked = reportOn(architecture, { judgement: judgementOf(architecture, hostile), clock })
    for (const colour of [false, true]) {
      for (const all of [false, true]) {
        const text = renderReport(attacked, { colour, width: 100, all })
        const left = stripVTControlCharacters(text)
        // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
        assert.doesNotMatch(left, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
        assert.ok(!text.includes('\u001B]'))
      }
    }
  })
})
