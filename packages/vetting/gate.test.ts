import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  architectureDigest,
  emptyArchitecture,
  type Architecture,
  type Policy,
  type Waiver,
} from '@plimsoll/architecture'
import { digestOf } from '@plimsoll/base'
import { policyDigest, rulesDigest, vet, type VetOptions } from './gate.ts'
import { sketch } from './rules/example.ts'

const strict: Required<Policy> = { failOn: 'low', operatorCalls: false }
const usual: Required<Policy> = { failOn: 'high', operatorCalls: false }
const waits = { synchronous: true }
const shop = (
  calls: Readonly<Record<string, typeof waits>>,
  names = ['orders', 'payments', 'pricing'],
): Architecture =>
  sketch({ name: 'shop', components: Object.fromEntries(names.map((name) => [name, {}])), calls })

/** Orders wait for payments; a candidate closes the circle, which it does not have alone. */
const before = shop({ 'orders -> payments': waits })
const after = shop({ 'orders -> payments': waits, 'payments -> orders': waits })
const alone = shop({ 'payments -> orders': waits }, ['payments'])
const candidate = { payments: digestOf('payments 2') }
const now = Date.UTC(2026, 5, 1, 12)

function judged(changes: Partial<VetOptions> = {}) {
  const verdict = vet({
    before,
    after,
    alone,
    candidate,
    policy: usual,
    waivers: [],
    clock: { now: () => now },
    ...changes,
  })
  const circle = verdict.findings.find(({ rule }) => rule === 'CF7')
  return { verdict, circle }
}
const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
  rule: 'CF7',
  subject: 'orders',
  owner: 'ada',
  reason: 'broken up in June',
  expires: '2026-06-01',
  ...changes,
})

suite('the gate', () => {
  test('calls emergent what neither the architecture nor the candidate has alone', () => {
    assert.equal(judged().circle?.origin, 'emergent')
    assert.equal(judged({ alone: after }).circle?.origin, 'candidate')
    assert.equal(judged({ before: after }).circle?.origin, 'existing')
    assert.equal(judged({ before: after, alone: after }).circle?.origin, 'existing')
  })

  test('refuses for what is new, and lets pass what was there before', () => {
    assert.deepEqual([judged().circle?.refuses, judged().verdict.admitted], [true, false])
    assert.equal(judged({ before: after }).circle?.refuses, false)
  })

  test('tells what a change removes', () => {
    const { verdict } = judged({ before: after, after: before })
    assert.ok(verdict.removed.some(({ rule }) => rule === 'CF7'))
    assert.ok(verdict.findings.every(({ rule }) => rule !== 'CF7'))
    assert.ok(judged().verdict.removed.every(({ rule }) => rule !== 'CF7'))
  })

  test('lets pass what is less severe than the policy asks for', () => {
    assert.equal(judged({ policy: { ...usual, failOn: 'critical' } }).circle?.refuses, false)
    assert.equal(judged({ policy: strict }).circle?.refuses, true)
  })

  test('admits nothing that has a finding which refuses', () => {
    const { verdict } = judged({ policy: strict })
    assert.equal(
      verdict.admitted,
      verdict.findings.every(({ refuses }) => !refuses),
    )
    const nothing = emptyArchitecture('shop')
    assert.ok(
      vet({ before: nothing, after: nothing, alone: nothing, candidate: {}, policy: strict, waivers: [] })
        .admitted,
    )
  })

  test('says the same of the same, whatever the order of its parts', () => {
    const turned = { ...after, components: after.components.toReversed(), calls: after.calls.toReversed() }
    const { verdict } = judged()
    const again = judged({ after: turned }).verdict
    assert.deepEqual(
      again.findings.map(({ fingerprint }) => fingerprint),
      verdict.findings.map(({ fingerprint }) => fingerprint),
    )
    assert.deepEqual(again.architecture, verdict.architecture)
  })

  test('names what it judged: architectures, releases, policy, rules', () => {
    const { verdict } = judged()
    assert.deepEqual(verdict.architecture, {
      name: 'shop',
      before: architectureDigest(before),
      after: architectureDigest(after),
    })
    assert.deepEqual(
      [verdict.candidate, verdict.rules, verdict.policy],
      [candidate, rulesDigest(), policyDigest(usual, [])],
    )
    assert.equal(verdict.vettedAt, '2026-06-01T12:00:00.000Z')
  })
})

suite('a waiver', () => {
  test('accepts a finding, and says who answers for it', () => {
    const { circle } = judged({ waivers: [waiver()] })
    assert.equal(circle?.refuses, false)
    assert.deepEqual(circle?.waiver, { owner: 'ada', reason: 'broken up in June', expires: '2026-06-01' })
  })

  test('holds through the last millisecond of its day in UTC, and not one longer', () => {
    const at = (time: string, expires = '2026-06-01') =>
      judged({ waivers: [waiver({ expires })], clock: { now: () => Date.parse(time) } }).circle?.refuses
    assert.equal(at('2026-06-01T23:59:59.999Z'), false)
    assert.equal(at('2026-06-02T00:00:00.000Z'), true)
    assert.equal(at('2026-06-01T23:00:00.000-02:00'), true)
    assert.equal(at('2028-02-29T23:59:59.999Z', '2028-02-29'), false)
  })

  test('with a day that is none holds never', () => {
    for (const expires of [
      '',
      'never',
      '2026-13-01',
      '9999',
      '2026-06-01T23:59:59Z',
      '+275760-09-13',
      '2099-1-1',
    ]) {
      assert.equal(judged({ waivers: [waiver({ expires })] }).circle?.refuses, true, expires)
    }
  })

  test('accepts its own rule and subject, and nothing near to them', () => {
    for (const other of [
      { subject: 'payments' },
      { subject: 'Orders' },
      { subject: '*' },
      { subject: '' },
      { rule: 'CF8' },
      { rule: 'cf7' },
      { rule: '*' },
    ]) {
      assert.equal(judged({ waivers: [waiver(other)] }).circle?.refuses, true, JSON.stringify(other))
    }
    assert.equal(judged({ waivers: [waiver({ subject: 'payments' }), waiver()] }).circle?.refuses, false)
    assert.equal(judged({ waivers: [waiver({ expires: '2020-01-01' }), waiver()] }).circle?.refuses, false)
  })
})

suite('a policy', () => {
  const loose: Required<Policy> = { failOn: 'critical', operatorCalls: true }

  test('that a change brings does not judge that change', () => {
    const { verdict, circle } = judged({ policy: usual, nextPolicy: loose })
    assert.equal(circle?.refuses, true)
    assert.equal(verdict.admitted, false)
  })

  test('is bound to the verdict, with the one that comes and with the waivers', () => {
    const digests = [
      policyDigest(usual, []),
      policyDigest(loose, []),
      policyDigest(usual, [], loose),
      policyDigest(loose, [], usual),
      policyDigest(usual, [waiver()]),
      policyDigest(usual, [waiver({ expires: '2026-06-02' })]),
      policyDigest(usual, [waiver({ owner: 'grace' })]),
    ]
    assert.equal(new Set(digests).size, digests.length)
    assert.equal(policyDigest(usual, [], usual), policyDigest(usual, []))
    assert.equal(
      judged({ nextPolicy: loose, waivers: [waiver()] }).verdict.policy,
      policyDigest(usual, [waiver()], loose),
    )
  })
})
