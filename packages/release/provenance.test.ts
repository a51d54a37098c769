import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '@plimsoll/base'
import { createSigningKey, signStatement, verifyStatement, type Statement } from '@plimsoll/identity'
import { contentFor, createStore, emptyManifest } from './fixture/release.ts'
import { provenanceType, signRelease, verifyRelease } from './provenance.ts'

const pricing = emptyManifest('pricing')
const content = {
  ...contentFor(pricing),
  sbom: Buffer.from(
    '{"components":[{"hashes":[{"alg":"SHA-512","content":"07"}],"purl":"pkg:npm/vat@0.2.0"},{"purl":"pkg:npm/shop@3.1.4"}]}',
  ),
}
const key = createSigningKey()

test('a signed release is verified, with SLSA provenance that says what was built from what', async () => {
  using kept = createStore()
  const release = await kept.store.add(pricing, content)
  const envelope = await signRelease(kept.store, release.digest, key)
  assert.deepEqual(await verifyRelease(kept.store, release.digest, [key.publicKey]), release)
  const { predicateType, subjects, predicate } = verifyStatement(envelope, [key.publicKey])
  assert.equal(predicateType, 'https://slsa.dev/provenance/v1')
  assert.deepEqual(subjects, [{ name: 'pricing', sha256: release.digest.slice(7) }])
  const { buildDefinition } = predicate as { buildDefinition: { resolvedDependencies: unknown } }
  assert.deepEqual(buildDefinition.resolvedDependencies, [
    { uri: 'pkg:npm/vat@0.2.0', digest: { sha512: '07' } },
    { uri: 'pkg:npm/shop@3.1.4' },
  ])
})

test('an unsigned release and one that another key signed are refused', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, content)
  await assert.rejects(verifyRelease(kept.store, digest, [key.publicKey]), { code: 'RELEASE_UNSIGNED' })
  await signRelease(kept.store, digest, createSigningKey())
  await assert.rejects(verifyRelease(kept.store, digest, [key.publicKey]), { code: 'RELEASE_UNSIGNED' })
  await assert.rejects(verifyRelease(kept.store, digest, []), { code: 'RELEASE_UNSIGNED' })
  await signRelease(kept.store, digest, key)
  assert.equal((await verifyRelease(kept.store, digest, [key.publicKey])).digest, digest)
})

test('a true signature about something else does not sign a release', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, content)
  const sha256 = digest.slice(7)
  const others: Statement[] = [
    {
      subjects: [{ name: 'pricing', sha256: digestOf('other').slice(7) }],
      predicateType: provenanceType,
      predicate: {},
    },
    { subjects: [{ name: 'payments', sha256 }], predicateType: provenanceType, predicate: {} },
    {
      subjects: [{ name: 'pricing', sha256 }],
      predicateType: 'https://slsa.dev/verification_summary/v1',
      predicate: {},
    },
    { subjects: [], predicateType: provenanceType, predicate: {} },
  ]
  for (const statement of others) await kept.store.attach(digest, signStatement(statement, key))
  await kept.store.attach(digest, { payload: 'no envelope at all' })
  await kept.store.attach(digest, null)
  await assert.rejects(verifyRelease(kept.store, digest, [key.publicKey]), { code: 'RELEASE_UNSIGNED' })
})

test('one altered byte anywhere in a signed release or in its signature refuses it', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, content)
  await signRelease(kept.store, digest, key)
  const folder = join(kept.folder, 'blobs', 'sha256')
  const unused = digestOf('{}').slice(7) // The empty config of the referrer carries nothing.
  for (const name of readdirSync(folder).filter((hex) => hex !== unused)) {
    const path = join(folder, name)
    const original = readFileSync(path)
    const altered = Buffer.from(original)
    altered[original.length >> 1] = (altered[original.length >> 1] ?? 0) ^ 1
    writeFileSync(path, altered)
    await assert.rejects(
      verifyRelease(kept.store, digest, [key.publicKey]),
      (thrown: Error) => thrown.name === 'Refusal' && thrown.message.includes(name),
    )
    writeFileSync(path, original)
  }
  assert.equal((await verifyRelease(kept.store, digest, [key.publicKey])).digest, digest)
})

test('nothing altered is ever signed', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, content)
  const path = join(kept.folder, 'blobs', 'sha256', digestOf(content.bundle).slice(7))
  writeFileSync(path, 'export { }')
  await assert.rejects(signRelease(kept.store, digest, key), { code: 'BLOB_ALTERED' })
})
