import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { createKey, proveKey, spiffeId, type TrustState } from '@plimsoll/identity'
import { createLogger } from '../log.ts'
import { openTown, trustDomain } from '../testing/town.ts'
import { keepCertificate } from './certificate.ts'
import { createCertificateRequests } from './certificate-requests.ts'
import type { CertificateAnswer } from './protocol.ts'
import { TrustKeeper } from './trust.ts'

const minute = 60_000

/** A workload’s certificate, kept, from a real authority. */
async function keep(test: TestContext) {
  const { authority, lines, logger } = await openTown(test)
  const listeners = new Set<(answer: CertificateAnswer) => void>()
  const requests = createCertificateRequests({
    channel: {
      async send(message) {
        assert.equal(message.type, 'certificate-request')
        const { publicKey, proof } = message
        const identity = spiffeId(trustDomain, 'service', 'orders')
        const { certificateChain, authority: id } = authority.issueWorkload({ publicKey, proof, identity })
        const answer = {
          type: 'certificate',
          certificateChain,
          bundle: authority.bundle,
          authority: id,
        } as const
        listeners.forEach((listen) => listen(answer))
      },
    },
    onAnswer: (listener) => void listeners.add(listener),
  })
  const renewed = Promise.withResolvers<void>()
  const keeper = await keepCertificate({ request: requests.forWorkload, logger, onRenewal: renewed.resolve })
  test.after(() => keeper.close())
  return { authority, lines, keeper, renewed: renewed.promise }
}

test('what is older than known, or cannot be read, changes nothing', async (test) => {
  const { authority } = await openTown(test)
  const { trust } = authority
  const keeper = new TrustKeeper(trust)
  const revoking = { ...trust.revoked, identities: ['spiffe://shop.test/service/orders'] }
  const newer: TrustState = { ...trust, epoch: trust.epoch + 5, revoked: revoking }
  assert.ok(keeper.take(newer))
  const others: unknown[] = [
    trust,
    newer,
    { ...trust, epoch: trust.epoch + 4 },
    { ...newer, epoch: 1e9, bundle: '' },
    { ...newer, epoch: 1e9, revoked: {} },
    { ...newer, epoch: 1e9, revoked: undefined },
    { ...newer, epoch: Number.NaN },
    { ...newer, epoch: '99' },
    null,
    undefined,
    'trust',
  ]
  for (const other of others) assert.ok(!keeper.take(other as TrustState), JSON.stringify(other))
  assert.equal(keeper.current, newer)
})

test('credentials follow roots and revocations, as a new object after each change and the same in between', async (test) => {
  const { authority, keeper } = await keep(test)
  const trust = new TrustKeeper(authority.trust)
  const before = trust.credentials(keeper)
  assert.equal(trust.credentials(keeper), before)
  authority.rotate('prepare')
  authority.revoke({ serial: 'ab' })
  assert.ok(trust.take(authority.trust))
  const after = trust.credentials(keeper)
  assert.notEqual(after, before)
  assert.deepEqual([after.bundle, after.revoked?.serials], [authority.bundle, ['AB']])
  assert.equal(after.privateKey, before.privateKey)
})

test('a certificate of a tainted authority, or one that is revoked itself, is renewed at once with another key', async (test) => {
  const { authority, keeper, renewed } = await keep(test)
  const trust = new TrustKeeper(authority.trust)
  const first = keeper.current()
  assert.ok(!trust.condemns(first.authority, first.serial))
  for (const step of ['prepare', 'activate', 'taint'] as const) authority.rotate(step)
  trust.take(authority.trust)
  assert.ok(trust.condemns(first.authority, first.serial))
  keeper.renew(first)
  keeper.renew(first)
  await renewed
  const second = keeper.current()
  assert.ok(!trust.condemns(second.authority, second.serial))
  assert.notEqual(second.privateKey, first.privateKey)
  authority.revoke({ serial: second.serial })
  trust.take(authority.trust)
  assert.ok(trust.condemns(second.authority, second.serial))
  // What is not kept any more is not renewed again.
  keeper.renew(first)
  assert.equal(keeper.current(), second)
})

for (const [what, off, said] of [
  ['ahead', -10 * minute, /10 minutes ahead of/],
  ['behind', 10 * minute, /10 minutes behind/],
] as const) {
  test(`a clock that is 10 minutes ${what} takes no certificate, and says which clock to look at`, async (test) => {
    const { authority } = await openTown(test, { now: () => Date.now() + off })
    const listeners = new Set<(answer: CertificateAnswer) => void>()
    const requests = createCertificateRequests({
      channel: {
        async send() {
          const { privateKey, publicKey } = createKey()
          const identity = spiffeId(trustDomain, 'service', 'orders')
          const proof = proveKey(privateKey, publicKey)
          const { certificateChain } = authority.issueWorkload({ publicKey, proof, identity })
          assert.ok(new X509Certificate(certificateChain).validToDate.getTime() > Date.now())
          listeners.forEach((listen) =>
            listen({ type: 'certificate', certificateChain, bundle: authority.bundle }),
          )
        },
      },
      onAnswer: (listener) => void listeners.add(listener),
    })
    const logger = createLogger({ service: 'orders', instance: 'orders/0', sink: () => undefined })
    await assert.rejects(keepCertificate({ request: requests.forWorkload, logger }), said)
  })
}
