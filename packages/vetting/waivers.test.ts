import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import { reportOn } from './reports/report.ts'
import { judgementOf, shop } from './reports/testing/architectures.ts'
import { readWaivers } from './waivers-file.ts'

const file = 'plimsoll.waivers.yaml'
const good = `waivers:
  - rule: AV1
    subject: payments
    owner: ada
    reason: the second one comes with the new cluster
    expires: 2026-12-31
`
const at = (day: string) => ({ now: () => Date.parse(`${day}T23:59:59Z`) })

function problemsOf(text: string) {
  try {
    readWaivers(text, file)
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems
    throw error
  }
  return []
}

function reportAt(day: string, text: string) {
  const architecture = shop()
  return reportOn(architecture, {
    judgement: judgementOf(architecture),
    waivers: readWaivers(text, file),
    clock: at(day),
  })
}

suite('waivers in a file', () => {
  test('a finding that is accepted does not fail the report, through the whole of the last day', () => {
    for (const [day, fails] of [
      ['2026-12-31', false],
      ['2027-01-01', true],
    ] as const) {
      const single = reportAt(day, good).findings.find(({ rule }) => rule === 'AV1')
      assert.equal(single?.fails, fails, day)
      assert.equal(single?.waiver?.owner, fails ? undefined : 'ada')
    }
  })

  test('a finding is accepted by its fingerprint, too, and by both only where both fit', () => {
    const { findings } = judgementOf(shop())
    const fingerprint = findings.find(({ rule }) => rule === 'AV1')?.fingerprint ?? ''
    const waived = (text: string) =>
      reportAt('2026-01-01', text).findings.filter(({ waiver }) => waiver !== undefined).length
    assert.equal(waived(good.replace('subject: payments', `fingerprint: "${fingerprint}"`)), 1)
    assert.equal(
      waived(good.replace('subject: payments', `subject: orders\n    fingerprint: "${fingerprint}"`)),
      0,
    )
  })

  test('one that is expired, and one that fits nothing, are said with their line', () => {
    const [expired] = reportAt('2027-06-01', good).remarks
    assert.match(expired?.message ?? '', /expired on 2026-12-31/)
    assert.equal(expired?.place?.line, 2)
    const [idle] = reportAt('2026-01-01', good.replace('payments', 'paymnts')).remarks
    assert.match(idle?.message ?? '', /fits no finding/)
  })

  test('a mistake is told with file, line, field and what to do', () => {
    const cases: readonly (readonly [string, string, RegExp, number, string?])[] = [
      ['rule: AV1', 'rule: AV99', /"AV99" is no rule/, 2, 'waivers.0.rule'],
      ['expires: 2026-12-31', 'expires: 2026-02-30', /"2026-02-30" is no day/, 6, 'waivers.0.expires'],
      ['expires: 2026-12-31', 'expires: soon', /is no day/, 6],
      ['owner: ada', 'owner: ""', /owner is no text/, 4],
      ['owner: ada', 'owner: 7', /owner is no text/, 4],
      ['subject: payments', 'ticket: "1"', /no "ticket"/, 3, 'waivers.0.ticket'],
    ]
    for (const [from, to, message, line, field] of cases) {
      const problem = problemsOf(good.replace(from, to)).find((found) => message.test(found.message))
      assert.ok(problem !== undefined, to)
      assert.equal(problem.place?.file, file)
      assert.equal(problem.place.line, line, to)
      if (field !== undefined) assert.equal(problem.place.field, field)
      assert.ok(problem.fix !== undefined)
    }
  })

  test('without subject and fingerprint a waiver would accept a whole rule, and is refused', () => {
    assert.match(
      problemsOf(good.replace('    subject: payments\n', ''))[0]?.message ?? '',
      /neither subject nor fingerprint/,
    )
  })

  test('attack: garbage is refused, and never half taken', () => {
    for (const text of [
      'waivers: 3',
      '- rule: AV1',
      'waivers: [[]]',
      'waivers: []\nextra: 1',
      '{{{',
      'waivers: [a]\n---\nwaivers: [b]',
    ])
      assert.ok(problemsOf(text).length > 0, text)
    assert.deepEqual(readWaivers('', file), [])
  })
})
