import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { architectureDigest, type Policy } from '@plimsoll/architecture'
import { digestOf, PlimsollError } from '@plimsoll/base'
import { createSigningKey, signEnvelope, signStatement } from '@plimsoll/identity'
import * as fc from 'fast-check'
import { attest, checkAttestation, verdictType, type Expectation } from './attestation.ts'
import { policyDigest, vet } from './gate.ts'
import { sketch } from './rules/example.ts'

const key = createSigningKey()
const stranger = createSigningKey()
const now = Date.UTC(2026, 5, 1, 12)
const policy: Required<Policy> = { failOn: 'critical', operatorCalls: false }
const waits = { synchronous: true }
const before = sketch({
  name: 'shop',
  components: { orders: {}, payments: {} },
  calls: { 'orders -> payments': waits },
})
const after = sketch({
  name: 'shop',
  components: { orders: {}, payments: {} },
  calls: { 'orders -> payments': waits, 'payments -> orders': waits },
})
const candidate = { payments: digestOf('payments 2'), orders: digestOf('orders 5') }
const verdict = vet({
  before,
  after,
  alone: before,
  candidate,
  policy,
  waivers: [],
  clock: { now: () => now },
})
const envelope = attest(verdict, key)

const expected: Expectation = {
  trusted: [key.publicKey],
  before: architectureDigest(before),
  after: architectureDigest(after),
  candidate,
  policy: policyDigest(policy, []),
  clock: { now: () => now + 60_000 },
}
const refused = (attestation: unknown, code: string, changes: Partial<Expectation> = {}) =>
  assert.throws(
    () => checkAttestation(attestation, { ...expected, ...changes }),
    (error) => {
      assert.ok(error instanceof PlimsollError, String(error))
      assert.equal(error.code, code)
      return true
    },
  )
const subjectsOf = (releases: Readonly<Record<string, string>>) =>
  Object.entries(releases).map(([name, digest]) => ({ name, sha256: digest.slice('sha256:'.length) }))
/** What a gate would sign that was made to say this. */
const saying = (changes: object) =>
  signStatement(
    { subjects: subjectsOf(candidate), predicateType: verdictType, predicate: { ...verdict, ...changes } },
    key,
  )

suite('an attestation', () => {
  test('admits exactly the releases in exactly the architecture that were vetted', () => {
    assert.deepEqual(checkAttestation(envelope, expected), JSON.parse(JSON.stringify(verdict)))
    const turned = { orders: candidate.orders, payments: candidate.payments }
    assert.ok(checkAttestation(JSON.parse(JSON.stringify(envelope)), { ...expected, candidate: turned }))
  })

  test('of a key that is not trusted admits nothing', () => {
    refused(attest(verdict, stranger), 'SIGNATURE')
    refused(envelope, 'SIGNATURE', { trusted: [] })
    refused(envelope, 'SIGNATURE', { trusted: [stranger.publicKey] })
  })

  test('cannot be replayed in another architecture, before or after', () => {
    refused(envelope, 'ATTESTATION_ARCHITECTURE', { before: architectureDigest(after) })
    refused(envelope, 'ATTESTATION_ARCHITECTURE', { after: architectureDigest(before) })
    refused(envelope, 'ATTESTATION_ARCHITECTURE', { before: expected.after, after: expected.before })
    refused(envelope, 'ATTESTATION_ARCHITECTURE', {
      after: architectureDigest({ ...after, name: 'other-shop' }),
    })
  })

  test('is for its own releases: no other, no fewer, no more, not under another name', () => {
    const releases = [
      {},
      { payments: candidate.payments },
      { ...candidate, pricing: digestOf('pricing 1') },
      { ...candidate, payments: digestOf('payments 3') },
      { payments: candidate.orders, orders: candidate.payments },
      { billing: candidate.payments, orders: candidate.orders },
    ]
    for (const other of releases) refused(envelope, 'ATTESTATION_RELEASES', { candidate: other })
  })

  test('says of which releases it speaks in the statement and in the verdict alike', () => {
    const sign = (subjects: { name: string; sha256: string }[], predicate: unknown = verdict) =>
      signStatement({ subjects, predicateType: verdictType, predicate }, key)
    const subjects = subjectsOf(candidate)
    assert.ok(checkAttestation(sign(subjects), expected))
    refused(sign([]), 'ATTESTATION_RELEASES')
    refused(sign(subjects.slice(1)), 'ATTESTATION_RELEASES')
    refused(sign([...subjects, ...subjects]), 'ATTESTATION_RELEASES')
    refused(sign([...subjects, { name: '__proto__', sha256: 'ab'.repeat(32) }]), 'ATTESTATION_RELEASES')
    refused(sign(subjects, { ...verdict, candidate: {} }), 'ATTESTATION_RELEASES')
  })

  test('reached under another policy or with other rules admits nothing', () => {
    refused(envelope, 'ATTESTATION_POLICY', { policy: policyDigest({ ...policy, failOn: 'low' }, []) })
    refused(envelope, 'ATTESTATION_POLICY', {
      policy: policyDigest(policy, [], { ...policy, operatorCalls: true }),
    })
    refused(saying({ rules: digestOf('no rules') }), 'ATTESTATION_RULES')
  })

  test('is of its day, and not from the future', () => {
    const at = (milliseconds: number) => ({ clock: { now: () => now + milliseconds } })
    const day = 24 * 3_600_000
    assert.ok(checkAttestation(envelope, { ...expected, ...at(day) }))
    refused(envelope, 'ATTESTATION_AGE', at(day + 1))
    assert.ok(checkAttestation(envelope, { ...expected, ...at(-60_000) }))
    refused(envelope, 'ATTESTATION_AGE', at(-60_001))
    refused(envelope, 'ATTESTATION_AGE', { maxAgeMs: 59_999 })
    assert.ok(checkAttestation(envelope, { ...expected, ...at(100 * day), maxAgeMs: Infinity }))
    for (const vettedAt of ['', 'today', '2026-06-01T25:00:00Z', '-1'])
      refused(saying({ vettedAt }), 'ATTESTATION_AGE')
  })

  test('counts for what its findings say, whatever it says of itself', () => {
    refused(saying({ admitted: false }), 'ATTESTATION_REFUSED')
    assert.ok(verdict.findings.length > 0)
    refused(
      saying({
        admitted: true,
        findings: verdict.findings.map((finding) => ({ ...finding, refuses: true })),
      }),
      'ATTESTATION_REFUSED',
    )
    const [first, ...others] = verdict.findings
    refused(saying({ findings: [...others, { ...first, refuses: true }] }), 'ATTESTATION_REFUSED')
  })

  test('of another kind, or without a verdict in it, admits nothing', () => {
    const subjects = subjectsOf(candidate)
    refused(
      signStatement({ subjects, predicateType: 'https://slsa.dev/provenance/v1', predicate: verdict }, key),
      'ATTESTATION_TYPE',
    )
    refused(
      signStatement({ subjects, predicateType: `${verdictType}/`, predicate: verdict }, key),
      'ATTESTATION_TYPE',
    )
    refused(signEnvelope('text/plain', Buffer.from(JSON.stringify(verdict)), key), 'ENVELOPE')
    for (const nothing of [undefined, null, '', {}, [], verdict]) refused(nothing, 'ENVELOPE')
    const shapes = [
      { format: 'plimsoll/verdict/2' },
      { admitted: 'true' },
      { admitted: 1 },
      { architecture: null },
      { architecture: {} },
      { architecture: { before: 'x', after: 'y' } },
      { candidate: null },
      { candidate: { payments: 'latest' } },
      { findings: null },
      { findings: {} },
      { findings: [null] },
      { findings: [{}] },
      { findings: [{ refuses: 0 }] },
      { rules: undefined },
      { policy: 'any' },
      { vettedAt: now },
    ]
    for (const shape of shapes) refused(saying(shape), 'ATTESTATION_MALFORMED')
    for (const predicate of [null, 5, 'admitted', [], true])
      refused(
        signStatement({ subjects, predicateType: verdictType, predicate }, key),
        'ATTESTATION_MALFORMED',
      )
  })

  test('of 10,000 altered ones, none is accepted', () => {
    const small = attest({ ...verdict, findings: [], unknowns: [] }, key)
    const text = JSON.stringify(small)
    const payload = Buffer.from(small.payload, 'base64')
    const inText = fc.record({
      at: fc.nat({ max: text.length - 1 }),
      letter: fc.constantFrom(...'{}[]":,AZaz09+/='.split('')),
      bytes: fc.constant(false),
    })
    const inPayload = fc.record({
      at: fc.nat({ max: payload.length - 1 }),
      letter: fc.string({ minLength: 1, maxLength: 1 }),
      bytes: fc.constant(true),
    })
    let tried = 0
    fc.assert(
      fc.property(fc.oneof(inText, inPayload), ({ at, letter, bytes }) => {
        const change = (whole: string) => whole.slice(0, at) + letter + whole.slice(at + 1)
        const altered = bytes
          ? JSON.stringify({
              ...small,
              payload: Buffer.from(change(payload.toString('latin1')), 'latin1').toString('base64'),
            })
          : change(text)
        if (altered === text) return
        tried += 1
        assert.throws(() => checkAttestation(JSON.parse(altered), expected))
      }),
      { numRuns: 10_000 },
    )
    assert.ok(tried > 9_000)
  })
})
