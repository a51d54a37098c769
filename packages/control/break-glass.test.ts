import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { digestOf, type Digest } from '@plimsoll/base'
import { createSigningKey, signStatement, verifyStatement } from '@plimsoll/identity'
import { verdictType } from '@plimsoll/vetting'
import { admit, readmit } from './admission.ts'
import { BreakGlassRecords, checkBreakGlass, type BreakGlass } from './break-glass.ts'
import { Changes } from './changes.ts'
import { deploymentOf, goodProgram, openShop, type Shop } from './shop.fixture.ts'

const now = Date.parse('2026-11-24T12:00:00Z')
const hour = 3_600_000
const inHours = (hours: number, from = now) => new Date(from + hours * hour).toISOString()
const asked: BreakGlass = {
  person: 'Ada Lovelace',
  reason: 'payments are down, fix is in this release',
  expires: inHours(4),
}
const answering = {
  breakGlass: { ...asked, expires: inHours(4, Date.now()) },
  operator: 'spiffe://shop.internal/operator/ada',
}

/** The verdict of the gate over a change, as it would be if a finding refused it. */
async function refusedBy(shop: Shop, ...change: Parameters<Shop['vetted']>) {
  const { subjects, predicate } = verifyStatement(await shop.vetted(...change), shop.trust.verdicts)
  const refusing = { ...(predicate as object), admitted: false, findings: [{ refuses: true }] }
  return signStatement({ subjects, predicateType: verdictType, predicate: refusing }, shop.keys.gate)
}

const changesOf = ({ fleet, state, store, trust, folders }: Shop) =>
  new Changes({ fleet, state, store, trust, folders })

suite('a break-glass', () => {
  test('names a person, a reason and an end within a day', () => {
    checkBreakGlass(asked, { now: () => now })
    checkBreakGlass(
      { ...asked, person: 'Grace O’Malley-Łęcka, on call', expires: inHours(24) },
      { now: () => now },
    )
    const wrong: Partial<BreakGlass>[] = [
      { person: '' },
      { person: '  ' },
      { person: '...' },
      { person: 'x' },
      { person: 'Ada\u001b[2J' },
      { person: 'A'.repeat(101) },
      { reason: '' },
      { reason: 'urgent' },
      { reason: '            ' },
      { reason: 'payments are down\nfake line' },
      { reason: 'x'.repeat(501) },
      { expires: inHours(0) },
      { expires: inHours(-1) },
      { expires: inHours(24.01) },
      { expires: 'tomorrow' },
      { expires: '' },
    ]
    for (const changes of wrong)
      assert.throws(
        () => checkBreakGlass({ ...asked, ...changes }, { now: () => now }),
        { code: 'BREAK_GLASS' },
        JSON.stringify(changes),
      )
  })

  test('covers one architecture until it expires, and is told as long as it may matter', () => {
    const database = new DatabaseSync(':memory:')
    let time = now
    const records = new BreakGlassRecords(database, { now: () => time })
    const [after, release] = [digestOf('after'), digestOf('release')]
    records.record({ ...asked, operator: 'ada', after, candidate: { orders: release } })
    const told = (running: readonly Digest[]) =>
      records.standing(new Set(running)).map(({ person, expired }) => [person, expired])
    assert.ok(records.covers(after))
    assert.ok(!records.covers(digestOf('other')))
    assert.deepEqual(told([]), [['Ada Lovelace', false]])
    time = now + 4 * hour
    assert.ok(!records.covers(after))
    assert.deepEqual(told([release]), [['Ada Lovelace', true]])
    assert.deepEqual(told([digestOf('another release')]), [])
  })

  test('lets in what the gate refuses, and is written down before anything is touched', async () => {
    await using shop = openShop()
    const changes = changesOf(shop)
    const next = deploymentOf({ pricing: await shop.release('pricing', goodProgram) })
    const attestation = await refusedBy(shop, next)
    await assert.rejects(changes.change(next, attestation), { code: 'ATTESTATION_REFUSED' })
    assert.deepEqual(shop.state.breakGlass.standing(new Set()), [])
    const { generation } = await changes.change(next, attestation, { answering })
    assert.equal(shop.state.live()?.number, generation)
    const [record] = shop.state.breakGlass.standing(new Set())
    assert.deepEqual(
      [record?.person, record?.operator, Object.keys(record?.candidate ?? {})],
      ['Ada Lovelace', answering.operator, ['pricing']],
    )
    // Its verdict is used up as any other.
    await assert.rejects(changes.change(next, attestation, { answering }), { name: /Refusal/ })
  })

  test('is not taken where the gate admits the change', async () => {
    await using shop = openShop()
    const next = deploymentOf({ pricing: await shop.release('pricing', goodProgram) })
    await changesOf(shop).change(next, await shop.vetted(next), { answering })
    assert.deepEqual(shop.state.breakGlass.standing(new Set()), [])
  })

  test('opens nothing but the verdict: signatures, digests, keys and place are checked all the same', async () => {
    await using shop = openShop()
    const [pricing, unsigned] = [
      await shop.release('pricing'),
      await shop.release('pricing', '// unsigned', null),
    ]
    const next = deploymentOf({ pricing })
    const attestation = await refusedBy(shop, next)
    const { breakGlass } = answering
    const attempt = (changes: object) =>
      admit({
        deployment: next,
        attestation,
        running: undefined,
        store: shop.store,
        trust: shop.trust,
        breakGlass,
        ...changes,
      })
    assert.ok((await attempt({})).breakGlass)
    const { subjects, predicateType, predicate } = verifyStatement(attestation, shop.trust.verdicts)
    const attacks: readonly (readonly [string, object])[] = [
      [
        'SIGNATURE',
        { attestation: signStatement({ subjects, predicateType, predicate }, createSigningKey()) },
      ],
      ['ENVELOPE', { attestation: null }],
      ['RELEASE_UNSIGNED', { deployment: deploymentOf({ pricing: unsigned }) }],
      ['ATTESTATION_ENVIRONMENT', { trust: { ...shop.trust, environment: 'elsewhere' } }],
      ['ATTESTATION_POLICY', { deployment: { ...next, policy: { failOn: 'low', operatorCalls: true } } }],
      ['REPLAYED', { used: () => [attestation] }],
      ['BREAK_GLASS', { breakGlass: { ...breakGlass, expires: inHours(25, Date.now()) } }],
      ['BREAK_GLASS', { breakGlass: { ...breakGlass, person: '' } }],
    ]
    for (const [code, changes] of attacks)
      await assert.rejects(attempt(changes), { code }, `${code} ${JSON.stringify(Object.keys(changes))}`)
  })

  test('ends: what it let in is then neither resumed nor gone back to', async () => {
    await using shop = openShop()
    const next = deploymentOf({ pricing: await shop.release('pricing', goodProgram) })
    await changesOf(shop).change(next, await refusedBy(shop, next), { answering })
    const live = shop.state.live()
    assert.ok(live)
    const again = (covered: boolean) =>
      readmit({
        deployment: next,
        store: shop.store,
        trust: shop.trust,
        admitted: () => [live],
        covered: () => covered,
      })
    assert.equal((await again(true))?.after, live.after)
    await assert.rejects(again(false), { code: 'ATTESTATION_REFUSED' })
  })
})
