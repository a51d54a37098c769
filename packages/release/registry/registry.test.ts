import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { digestOf } from '@plimsoll/base'
import { createSigningKey, signStatement } from '@plimsoll/identity'
import { missingRegistry, startRegistry } from '../fixture/debian-registry.ts'
import { contentFor, createStore, emptyManifest } from '../fixture/release.ts'
import { signRelease, verifyRelease } from '../provenance.ts'
import { pullRelease } from './pull.ts'
import { pushRelease } from './push.ts'
import { parseReference } from './reference.ts'
import { connectRepository } from './registry.ts'

const key = createSigningKey()
const pricing = emptyManifest('pricing')
/** The password `sail` of `ada`, as `htpasswd -B` writes it. */
const htpasswd = 'ada:$2y$05$abcdefghijklmnopqrstuu06gU5KQ.N.GQ.zP8gNvVHV78FIYAZne\n'

async function signed(store: ReturnType<typeof createStore>['store'], code = 'export {}') {
  const release = await store.add(pricing, contentFor(pricing, code))
  await signRelease(store, release.digest, key)
  return release
}

const nobody = { DOCKER_CONFIG: '/nowhere' }

suite('a registry of Debian', { skip: missingRegistry() }, () => {
  test('carries a release with its signatures from one machine to another', async () => {
    await using registry = await startRegistry()
    using here = createStore()
    using there = createStore()
    const release = await signed(here.store)
    const attestation = signStatement(
      { subjects: [], predicateType: 'https://plimsoll.dev/verdict/v1', predicate: {} },
      createSigningKey(),
    )
    await here.store.attach(release.digest, attestation)
    const repository = connectRepository(parseReference(`${registry.host}/shop/pricing`), nobody)
    const pushed = await pushRelease(here.store, release.digest, { repository })
    assert.deepEqual(pushed, {
      digest: release.digest,
      tag: release.version.replace('+', '_'),
      referrers: 2,
    })
    // Again: nothing is sent twice, nothing is listed twice.
    assert.deepEqual(await pushRelease(here.store, release.digest, { repository }), pushed)
    for (const reference of [pushed.tag, release.digest]) {
      const pulled = await pullRelease(there.store, { repository, reference, trusted: [key.publicKey] })
      assert.deepEqual(pulled, release)
    }
    assert.deepEqual(await verifyRelease(there.store, release.digest, [key.publicKey]), release)
    const images = (store: typeof here.store) =>
      store.images(release.digest).then((all) => all.map(({ digest }) => digest).toSorted())
    // Of what lies beside it, only what a trusted key signed comes along.
    const [all, came] = [await images(here.store), await images(there.store)]
    assert.deepEqual([all.length, came.length], [3, 2])
    assert.ok(came.every((image) => all.includes(image)))
    for (const file of ['bundle', 'sbom', 'openapi'] as const)
      assert.deepEqual(
        await there.store.file(release.digest, file),
        await here.store.file(release.digest, file),
      )
  })

  test('gives nothing that no trusted key signed, and the store stays empty', async () => {
    await using registry = await startRegistry()
    using here = createStore()
    using there = createStore()
    const release = await signed(here.store)
    const repository = connectRepository(parseReference(`${registry.host}/pricing`), nobody)
    await pushRelease(here.store, release.digest, { repository })
    for (const trusted of [[], [createSigningKey().publicKey]]) {
      await assert.rejects(pullRelease(there.store, { repository, reference: release.digest, trusted }), {
        code: 'RELEASE_UNSIGNED',
      })
    }
    assert.deepEqual(await there.store.list(), [])
    await assert.rejects(
      pullRelease(there.store, { repository, reference: 'never', trusted: [key.publicKey] }),
      { code: 'REGISTRY_UNKNOWN' },
    )
  })

  test('whose files somebody altered gives nothing, whichever byte it was', async () => {
    await using registry = await startRegistry()
    using here = createStore()
    using there = createStore()
    const release = await signed(here.store, 'export const price = 1 // the program')
    const repository = connectRepository(parseReference(`${registry.host}/pricing`), nobody)
    await pushRelease(here.store, release.digest, { repository })
    const pull = () =>
      pullRelease(there.store, { repository, reference: release.digest, trusted: [key.publicKey] })
    const unused = digestOf('{}').slice(7)
    const files = readdirSync(registry.data, { recursive: true, encoding: 'utf8' })
      .filter((path) => /blobs\/sha256\/.*\/data$/.test(path) && !path.includes(unused))
      .map((path) => join(registry.data, path))
    assert.ok(files.length >= 8)
    let refused = 0
    for (const file of files) {
      const original = readFileSync(file)
      // The index behind the tag of the referrers is found by its tag, so its bytes answer for nothing.
      const isIndex = original.includes('application/vnd.oci.image.index.v1+json')
      const altered = Buffer.from(original)
      altered[original.length >> 1] = (altered[original.length >> 1] ?? 0) ^ 1
      writeFileSync(file, altered)
      if (isIndex) await pull().catch(() => undefined)
      else await assert.rejects(pull(), (thrown: Error) => /Refusal|Failure/.test(thrown.name), file)
      if (!isIndex) refused += 1
      writeFileSync(file, original)
    }
    assert.ok(refused >= 7)
    assert.equal((await pull()).digest, release.digest)
  })

  test('that wants credentials gets those of the Docker configuration, and no message repeats them', async () => {
    await using registry = await startRegistry({ htpasswd })
    using here = createStore()
    const release = await signed(here.store)
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-docker-'))
    try {
      const login = (password: string) =>
        writeFileSync(
          join(folder, 'config.json'),
          JSON.stringify({
            auths: { [registry.host]: { auth: Buffer.from(`ada:${password}`).toString('base64') } },
          }),
        )
      const push = (environment: NodeJS.ProcessEnv) =>
        pushRelease(here.store, release.digest, {
          repository: connectRepository(parseReference(`${registry.host}/pricing`), environment),
        })
      await assert.rejects(push(nobody), { code: 'REGISTRY_DENIED' })
      login('wr0ng-passw0rd')
      await assert.rejects(push({ DOCKER_CONFIG: folder }), (thrown: Error & { fix?: string }) => {
        assert.equal((thrown as Error & { code?: string }).code, 'REGISTRY_DENIED')
        return !`${thrown.message} ${thrown.fix} ${String(thrown.cause)}`.includes('wr0ng')
      })
      login('sail')
      assert.equal((await push({ DOCKER_CONFIG: folder })).digest, release.digest)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('lists both signatures where two machines push the same release at once', async () => {
    await using registry = await startRegistry()
    using one = createStore()
    using two = createStore()
    const other = createSigningKey()
    const { digest } = await signed(one.store)
    await two.store.add(pricing, contentFor(pricing))
    await signRelease(two.store, digest, other)
    const repository = connectRepository(parseReference(`${registry.host}/pricing`), nobody)
    await Promise.all([one, two].map(({ store }) => pushRelease(store, digest, { repository })))
    for (const { publicKey } of [key, other]) {
      using there = createStore()
      // A registry without the referrers API may lose one of two that write the same tag at once: pushed again, it is there.
      const pull = () => pullRelease(there.store, { repository, reference: digest, trusted: [publicKey] })
      const first = await pull().catch(() => undefined)
      if (first === undefined)
        for (const { store } of [one, two]) await pushRelease(store, digest, { repository })
      assert.equal((await pull()).digest, digest)
    }
  })
})

test('a store that was only pulled into is as closed as one that was built into', async (context) => {
  const missing = missingRegistry()
  if (missing !== undefined) return context.skip(missing)
  await using registry = await startRegistry()
  using here = createStore()
  using there = createStore()
  const release = await signed(here.store)
  const repository = connectRepository(parseReference(`${registry.host}/pricing`), nobody)
  await pushRelease(here.store, release.digest, { repository })
  await pullRelease(there.store, { repository, reference: release.digest, trusted: [key.publicKey] })
  for (const path of readdirSync(there.folder, { recursive: true, encoding: 'utf8' }))
    assert.equal(statSync(join(there.folder, path)).mode & 0o077, 0, path)
})
