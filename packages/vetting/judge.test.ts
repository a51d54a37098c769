import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Rule, Weakness } from './finding.ts'
import { isAtLeast, judge, severities } from './judge.ts'
import { sketch } from './rules/example.ts'

const shop = sketch({ components: { orders: {}, payments: {} } })
const weakness = (changes: Partial<Weakness> = {}): Weakness => ({
  subject: 'orders',
  message: 'orders is weak',
  path: [],
  evidence: [],
  fix: 'strengthen it',
  ...changes,
})
const rule = (id: string, ...weaknesses: readonly Weakness[]): Rule => ({
  id,
  title: id,
  severity: 'medium',
  why: '',
  fix: '',
  examples: () => Promise.resolve({ good: {}, bad: {} }),
  check: () => ({ weaknesses, unknowns: [{ subject: 'payments', message: 'unknown' }] }),
})

suite('a judgement', () => {
  test('tells the worst first, then by rule and subject', () => {
    const { findings } = judge(shop, [
      rule('B1', weakness({ subject: 'payments' }), weakness()),
      rule('A1', weakness({ severity: 'low' }), weakness({ subject: 'payments', severity: 'critical' })),
    ])
    assert.deepEqual(
      findings.map(({ rule: id, subject, severity }) => [id, subject, severity]),
      [
        ['A1', 'payments', 'critical'],
        ['B1', 'orders', 'medium'],
        ['B1', 'payments', 'medium'],
        ['A1', 'orders', 'low'],
      ],
    )
  })

  test('knows a weakness again by rule, subject, identity and places, never by figures, words or lines', () => {
    const print = (changes: Partial<Weakness> = {}, id = 'A1') =>
      judge(shop, [rule(id, weakness(changes))]).findings[0]?.fingerprint
    const same = [
      print(),
      print({ message: '7 of 9', fix: 'other' }),
      print({ evidence: [{ file: 'a.yaml', line: 9 }] }),
      print({ severity: 'low' }),
    ]
    assert.equal(new Set(same).size, 1)
    assert.match(same[0] ?? '', /^[0-9a-f]{16}$/)
    const different = [
      print({}, 'A2'),
      print({ subject: 'payments' }),
      print({ identity: ['a'] }),
      print({ identity: ['a', 'b'] }),
      print({ identity: ['ab'] }),
      print({ members: [] }),
      print({ members: ['a'] }),
    ]
    assert.equal(new Set([...same, ...different]).size, different.length + 1)
    assert.equal(print({ members: ['a', 'b'] }), print({ members: ['b', 'a'] }))
  })

  test('tells one weakness once, and the worst of what is said of it', () => {
    for (const order of [
      ['low', 'critical'],
      ['critical', 'low'],
    ] as const) {
      const { findings } = judge(shop, [rule('A1', ...order.map((severity) => weakness({ severity })))])
      assert.deepEqual(
        findings.map(({ severity }) => severity),
        ['critical'],
      )
    }
  })

  test('tells what a rule could not decide', () => {
    assert.deepEqual(judge(shop, [rule('A1')]), {
      findings: [],
      unknowns: [{ rule: 'A1', subject: 'payments', message: 'unknown' }],
    })
  })
})

test('severities are in their order', () => {
  for (const [at, severity] of severities.entries()) {
    for (const [other, than] of severities.entries()) assert.equal(isAtLeast(severity, than), at <= other)
  }
})
