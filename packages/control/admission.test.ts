import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { architectureDigest } from '@plimsoll/architecture'
import { createSigningKey } from '@plimsoll/identity'
import { admit, candidateOf, readmit } from './admission.ts'
import { deploymentOf, openShop, type Shop } from './shop.fixture.ts'

type Running = Parameters<typeof admit>[0]['running']
const admitted = (
  shop: Shop,
  deployment: ReturnType<typeof deploymentOf>,
  attestation: unknown,
  running?: Running,
) => admit({ deployment, attestation, running, store: shop.store, trust: shop.trust })

/** Every file of the state folder, with its bytes: an admission touches none. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  )
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'base64')]))
}

suite('an admission', () => {
  test('lets in what was vetted, signed and is unaltered, and touches nothing', async () => {
    await using shop = openShop()
    const next = deploymentOf({ pricing: await shop.release('pricing') })
    const attestation = await shop.vetted(next)
    const before = filesIn(shop.folders.state)
    const { verdict, releases } = await admitted(shop, next, attestation)
    assert.ok(verdict.admitted)
    assert.deepEqual([...releases.keys()], ['pricing'])
    await assert.rejects(admitted(shop, next, {}))
    assert.deepEqual(filesIn(shop.folders.state), before)
  })

  test('refuses a release that nobody signed, or a stranger did', async () => {
    await using shop = openShop()
    for (const key of [null, createSigningKey()]) {
      const next = deploymentOf({
        pricing: await shop.release('pricing', `// ${key?.keyId ?? 'unsigned'}`, key),
      })
      await assert.rejects(admitted(shop, next, await shop.vetted(next)), { name: /Refusal/ })
    }
  })

  test('refuses a release that was altered in the store after it was signed', async () => {
    await using shop = openShop()
    const release = await shop.release('pricing', '// the program that was vetted')
    const next = deploymentOf({ pricing: release })
    const attestation = await shop.vetted(next)
    const blobs = join(shop.folders.releases, 'blobs/sha256')
    const altered = readdirSync(blobs).filter((name) =>
      readFileSync(join(blobs, name), 'utf8').includes('the program that was vetted'),
    )
    assert.ok(altered.length > 0)
    for (const name of altered) {
      chmodSync(join(blobs, name), 0o600)
      const bytes = readFileSync(join(blobs, name), 'latin1')
      writeFileSync(
        join(blobs, name),
        bytes.replace('the program that was vetted', 'the program of a thief......'),
        'latin1',
      )
    }
    await assert.rejects(admitted(shop, next, attestation))
  })

  test('refuses a release that is not there', async () => {
    await using shop = openShop()
    const next = deploymentOf({ pricing: await shop.release('pricing') })
    const attestation = await shop.vetted(next)
    await assert.rejects(
      admitted(shop, deploymentOf({ pricing: `sha256:${'ab'.repeat(32)}` }), attestation),
      { name: /Refusal|Failure/ },
    )
  })

  test('refuses the release of one service under the name of another', async () => {
    await using shop = openShop()
    const pricing = await shop.release('pricing')
    const next = deploymentOf({ payments: pricing })
    const attestation = await shop.vetted(deploymentOf({ pricing }))
    await assert.rejects(admitted(shop, next, attestation))
    const own = await shop.vetted(next).catch(() => undefined)
    await assert.rejects(admitted(shop, next, own))
  })

  test('refuses a verdict about another release, of a stranger, or none', async () => {
    await using shop = openShop()
    const one = deploymentOf({ pricing: await shop.release('pricing', '// one') })
    const two = deploymentOf({ pricing: await shop.release('pricing', '// two') })
    await assert.rejects(admitted(shop, two, await shop.vetted(one)), { code: 'ATTESTATION_RELEASES' })
    await assert.rejects(admitted(shop, one, await shop.vetted(one, undefined, createSigningKey())), {
      code: 'SIGNATURE',
    })
    await assert.rejects(admitted(shop, one, await shop.vetted(one, undefined, shop.keys.release)), {
      code: 'SIGNATURE',
    })
    for (const nothing of [undefined, null, {}, 'admitted'])
      await assert.rejects(admitted(shop, one, nothing), { code: 'ENVELOPE' })
  })

  test('refuses a verdict that was reached before something else went live', async () => {
    await using shop = openShop()
    const pricing = await shop.release('pricing')
    const running = deploymentOf({ pricing })
    const next = deploymentOf({ pricing, payments: await shop.release('payments') })
    const attestation = await shop.vetted(next, running)
    assert.ok(await admitted(shop, next, attestation, running))
    const meanwhile = deploymentOf({ pricing, orders: await shop.release('orders') })
    await assert.rejects(admitted(shop, next, attestation, meanwhile), { code: 'ATTESTATION_ARCHITECTURE' })
    await assert.rejects(admitted(shop, next, attestation), { code: 'ATTESTATION_RELEASES' })
    await assert.rejects(admitted(shop, next, attestation, next), { code: 'ATTESTATION_RELEASES' })
  })

  test('refuses a deployment that was changed after the verdict', async () => {
    await using shop = openShop()
    const pricing = await shop.release('pricing')
    const next = deploymentOf({ pricing })
    const attestation = await shop.vetted(next)
    const changes = [
      { services: { pricing: { release: pricing.digest, replicas: 2, stores: [] } } },
      { policy: { failOn: 'critical', operatorCalls: true } },
      { policy: { failOn: 'low', operatorCalls: false } },
      { waivers: [{ rule: 'CF7', subject: 'pricing', owner: 'thief', reason: '', expires: '2999-01-01' }] },
      { name: 'other-shop' },
    ] as const
    for (const change of changes)
      await assert.rejects(
        admitted(shop, { ...next, ...change }, attestation),
        { name: 'VettingRefusal' },
        JSON.stringify(change),
      )
  })

  test('judges by the policy that runs, not by the one that the change brings', async () => {
    await using shop = openShop()
    const pricing = await shop.release('pricing')
    const running = deploymentOf({ pricing }, { policy: { failOn: 'low', operatorCalls: false } })
    const next = deploymentOf(
      { pricing, payments: await shop.release('payments') },
      { policy: { failOn: 'critical', operatorCalls: true } },
    )
    // A gate that was told to judge by the new policy alone: its verdict says so.
    await assert.rejects(
      admitted(shop, next, await shop.vetted(next, { ...running, policy: next.policy }), running),
      { code: 'ATTESTATION_POLICY' },
    )
  })

  test('knows which services a change brings', async () => {
    await using shop = openShop()
    const [pricing, orders, newer] = [
      await shop.release('pricing'),
      await shop.release('orders'),
      await shop.release('orders', '// 2'),
    ]
    const running = deploymentOf({ pricing, orders })
    assert.deepEqual(candidateOf(deploymentOf({ pricing, orders: newer }), running), { orders: newer.digest })
    assert.deepEqual(candidateOf(running, undefined), { pricing: pricing.digest, orders: orders.digest })
    assert.deepEqual(candidateOf(deploymentOf({ pricing }), running), {})
  })
})

suite('going back', () => {
  test('needs no new verdict for what was live, and is checked all the same', async () => {
    await using shop = openShop()
    const pricing = await shop.release('pricing')
    const deployment = deploymentOf({ pricing })
    const { verdict, after, attestation } = await admitted(shop, deployment, await shop.vetted(deployment))
    const { architecture, candidate, policy } = verdict
    const number = shop.state.begin({
      kind: 'change',
      deployment,
      before: architecture.before,
      after,
      candidate,
      policy,
      attestation,
    })
    const back = (changes: { deployment?: typeof deployment; trust?: Shop['trust'] } = {}) =>
      readmit({
        deployment,
        store: shop.store,
        trust: shop.trust,
        admitted: (digest) => shop.state.admitted(digest),
        ...changes,
      })
    assert.equal(await back(), undefined)
    shop.state.promote(number)
    assert.equal((await back())?.after, after)
    assert.equal(after, architecture.after)
    assert.notEqual(
      after,
      architectureDigest({
        format: 'plimsoll/architecture/1',
        name: 'shop',
        components: [],
        operations: [],
        calls: [],
        zones: [],
        dataClasses: [],
        notes: [],
      }),
    )
    assert.equal(
      await back({ deployment: deploymentOf({ pricing: await shop.release('pricing', '// never live') }) }),
      undefined,
    )
    await assert.rejects(back({ trust: { ...shop.trust, verdicts: [createSigningKey().publicKey] } }), {
      code: 'SIGNATURE',
    })
    await assert.rejects(back({ trust: { ...shop.trust, releases: [createSigningKey().publicKey] } }), {
      name: /Refusal/,
    })
  })
})
