import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import { changesSince, readBaseline } from './baseline.ts'
import type { Finding } from './finding.ts'
import { renderJson } from './reports/json.ts'
import { reportOn } from './reports/report.ts'
import { judgementOf, shop } from './reports/testing/architectures.ts'

const [, single] = judgementOf(shop()).findings
if (single === undefined) throw new TypeError('no finding')
const finding: Finding = single

const changeOf = (earlier: readonly Finding[], now: Finding) =>
  changesSince(earlier, [now]).changes.get(now.fingerprint)

suite('an earlier report as a baseline', () => {
  test('a report is the baseline of the next: the same architecture has nothing new', () => {
    const architecture = shop()
    const first = reportOn(architecture)
    const second = reportOn(architecture, { since: readBaseline(renderJson(first), 'baseline.json') })
    assert.equal(second.passed, true)
    assert.ok(first.findings.length > 0 && second.findings.every(({ change }) => change === 'known'))
    assert.deepEqual(second.removed, [])
  })

  test('what was there is known; with a greater severity it is worse; what was not is new', () => {
    assert.equal(changeOf([finding], finding), 'known')
    assert.equal(changeOf([{ ...finding, severity: 'medium' }], finding), 'worse')
    assert.equal(changeOf([{ ...finding, severity: 'critical' }], finding), 'known')
    assert.equal(changeOf([], finding), 'new')
  })

  test('one place more of the same habit is worse; one less is known', () => {
    const habit = (members: readonly string[]) => ({ ...finding, members, fingerprint: members.join('') })
    assert.equal(changeOf([habit(['orders'])], habit(['orders', 'payments'])), 'worse')
    assert.equal(changeOf([habit(['orders', 'payments'])], habit(['orders'])), 'known')
    assert.equal(changeOf([{ ...habit(['orders']), rule: 'CF1' }], habit(['orders', 'payments'])), 'new')
  })

  test('what is gone is said', () => {
    assert.deepEqual(
      changesSince([finding], []).removed.map(({ rule }) => rule),
      [finding.rule],
    )
  })

  test('attack: garbage is refused with the field that is wrong', () => {
    const report = JSON.parse(
      renderJson(reportOn(shop(), { judgement: { findings: [finding], unknowns: [] } })),
    ) as {
      findings: Record<string, unknown>[]
    }
    const [first = {}] = report.findings
    const cases: readonly (readonly [string, RegExp])[] = [
      ['not json', /cannot be read/],
      ['[]', /no report of plimsoll/],
      ['{"format":"plimsoll/report/2"}', /no report of plimsoll/],
      ['{"format":"plimsoll/report/1"}', /no list/],
      ['{"__proto__":{"format":"plimsoll/report/1","findings":[]}}', /cannot be read/],
      [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, /cannot be read/],
      [JSON.stringify({ ...report, findings: [3] }), /no finding/],
      [JSON.stringify({ ...report, findings: [{ ...first, severity: 'none' }] }), /none of critical/],
      [JSON.stringify({ ...report, findings: [{ ...first, fingerprint: {} }] }), /no text/],
      [JSON.stringify({ ...report, findings: [{ ...first, members: 'orders' }] }), /no list of texts/],
    ]
    for (const [text, message] of cases) {
      assert.throws(
        () => readBaseline(text, 'baseline.json'),
        (error) =>
          error instanceof InvalidInput &&
          message.test(error.message) &&
          error.place?.file === 'baseline.json',
        text.slice(0, 60),
      )
    }
  })
})
