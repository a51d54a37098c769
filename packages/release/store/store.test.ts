import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { canonicalJson, digestOf, type Digest } from '@plimsoll/base'
import * as fc from 'fast-check'
import { contentFor, createStore, emptyManifest } from '../fixture/release.ts'
import { imageMediaType, releaseFiles, releaseType } from './image.ts'
import { openReleaseStore, type ReleaseStore } from './store.ts'

const pricing = emptyManifest('pricing')

test('a release is kept under the digest of its image manifest', async () => {
  using kept = createStore()
  const release = await kept.store.add(pricing, contentFor(pricing))
  const image = readFileSync(blobPath(kept.folder, release.digest))
  assert.equal(digestOf(image), release.digest)
  assert.equal(image.toString(), canonicalJson(JSON.parse(image.toString())))
  assert.equal(release.version, `1.0.0+${release.digest.slice(7, 19)}`)
  assert.deepEqual(await kept.store.get(release.digest), release)
  assert.deepEqual((await kept.store.get(release.digest)).manifest, pricing)
})

test('the same content is the same release, another byte is another one', async () => {
  using kept = createStore()
  const first = await kept.store.add(pricing, contentFor(pricing))
  assert.equal((await kept.store.add(pricing, contentFor(pricing))).digest, first.digest)
  assert.notEqual((await kept.store.add(pricing, contentFor(pricing, 'export { }'))).digest, first.digest)
  assert.equal((await kept.store.list()).length, 2)
})

test('the folder is an OCI image layout', async () => {
  using kept = createStore()
  const release = await kept.store.add(pricing, contentFor(pricing))
  assert.deepEqual(readJson(join(kept.folder, 'oci-layout')), { imageLayoutVersion: '1.0.0' })
  assert.deepEqual(readJson(join(kept.folder, 'index.json')), {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: imageMediaType,
        artifactType: releaseType,
        digest: release.digest,
        size: statSync(blobPath(kept.folder, release.digest)).size,
        annotations: {
          'org.opencontainers.image.title': 'pricing',
          'org.opencontainers.image.version': '1.0.0',
        },
      },
    ],
  })
  const image = readJson(blobPath(kept.folder, release.digest)) as {
    layers: { mediaType: string; digest: Digest; size: number }[]
  }
  for (const layer of image.layers) {
    // RFC 6838, section 4.2
    assert.match(layer.mediaType, /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}$/)
    assert.equal(statSync(blobPath(kept.folder, layer.digest)).size, layer.size)
  }
})

test('only the owner may read the store', { skip: process.platform === 'win32' }, async () => {
  using kept = createStore()
  const release = await kept.store.add(pricing, contentFor(pricing))
  assert.equal(statSync(kept.folder).mode & 0o777, 0o700)
  assert.equal(statSync(blobPath(kept.folder, release.digest)).mode & 0o777, 0o600)
})

test('every blob is read again and hashed: one flipped bit refuses the release', async () => {
  using kept = createStore()
  const release = await kept.store.add(pricing, contentFor(pricing))
  for (const digest of blobsOf(kept.folder)) {
    const path = blobPath(kept.folder, digest)
    const original = readFileSync(path)
    for (const at of [0, original.length >> 1, original.length - 1]) {
      const altered = Buffer.from(original)
      altered[at] = (altered[at] ?? 0) ^ 1
      writeFileSync(path, altered)
      await refuses(kept.store.get(release.digest), 'BLOB_ALTERED', digest)
    }
    writeFileSync(path, original)
  }
  assert.equal((await kept.store.get(release.digest)).digest, release.digest)
})

test('a truncated, a longer, a swapped and a missing blob refuse the release', async () => {
  using kept = createStore()
  const release = await kept.store.add(pricing, contentFor(pricing))
  const other = blobsOf(kept.folder)
  for (const [index, digest] of other.entries()) {
    const path = blobPath(kept.folder, digest)
    const original = readFileSync(path)
    const swapped = readFileSync(blobPath(kept.folder, other[(index + 1) % other.length] ?? digest))
    for (const content of [original.subarray(0, -1), Buffer.concat([original, Buffer.from(' ')]), swapped]) {
      writeFileSync(path, content)
      await refuses(kept.store.get(release.digest), 'BLOB_ALTERED', digest)
    }
    rmSync(path)
    const code = digest === release.digest ? 'RELEASE_UNKNOWN' : 'BLOB_MISSING'
    await refuses(kept.store.get(release.digest), code, digest)
    writeFileSync(path, original)
  }
})

test('a file of a release is verified on its own', async () => {
  using kept = createStore()
  const content = contentFor(pricing)
  const { digest } = await kept.store.add(pricing, content)
  assert.deepEqual(Buffer.from(await kept.store.file(digest, 'sbom')), Buffer.from(content.sbom))
  for (const { file } of releaseFiles) {
    const path = blobPath(kept.folder, digestOf(await kept.store.file(digest, file)))
    writeFileSync(path, 'x'.repeat(statSync(path).size))
    await refuses(kept.store.file(digest, file), 'BLOB_ALTERED')
  }
})

test('the copy of the bundle that runs is what was verified, also where somebody altered the copy', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, contentFor(pricing, 'export const price = 1'))
  const path = await kept.store.bundlePath(digest)
  assert.match(path, /service\.mjs$/)
  writeFileSync(path, 'export const price = 0')
  assert.equal(await kept.store.bundlePath(digest), path)
  assert.equal(readFileSync(path, 'utf8'), 'export const price = 1')
  const blob = blobPath(kept.folder, digestOf('export const price = 1'))
  writeFileSync(blob, 'export const price = 0')
  await refuses(kept.store.bundlePath(digest), 'BLOB_ALTERED')
})

test('what is no digest never becomes a path', async () => {
  using kept = createStore()
  writeFileSync(join(kept.folder, '..', 'outside'), 'x')
  const names = [
    'sha256:../../../outside',
    '../outside',
    '',
    'sha256:',
    `sha256:${'A'.repeat(64)}`,
    `sha512:${'a'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}/`,
    `sha256:${'a'.repeat(64)}\n`,
  ]
  for (const name of names) {
    await refuses(kept.store.get(name as Digest), 'NOT_A_DIGEST')
    await refuses(kept.store.bundlePath(name as Digest), 'NOT_A_DIGEST')
    await refuses(kept.store.attach(name as Digest, {}), 'NOT_A_DIGEST')
    await refuses(kept.store.signatures(name as Digest), 'NOT_A_DIGEST')
  }
})

test('an image that is no release is refused, whatever its digest', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, contentFor(pricing))
  const image = readJson(blobPath(kept.folder, digest)) as Record<string, unknown> & { layers: object[] }
  const outside = { ...image.layers[0], digest: 'sha256:../../../outside' }
  const changes: Record<string, unknown>[] = [
    { artifactType: 'application/vnd.example.other' },
    { schemaVersion: 1 },
    { layers: [] },
    { layers: [...image.layers, image.layers[0]] },
    { layers: image.layers.toReversed() },
    { layers: [outside, ...image.layers.slice(1)] },
    { config: image.layers[0] },
    { annotations: {} },
    { annotations: { ...(image['annotations'] as object), 'org.opencontainers.image.title': 'payments' } },
    { annotations: { ...(image['annotations'] as object), 'org.opencontainers.image.version': '9.0.0' } },
  ]
  for (const change of changes) {
    await refuses(
      kept.store.get(putBlob(kept.folder, canonicalJson({ ...image, ...change }))),
      'RELEASE_MALFORMED',
    )
  }
  for (const text of ['', '[]', 'null', '{"layers":', '\u{0}']) {
    await refuses(kept.store.get(putBlob(kept.folder, text)), 'RELEASE_MALFORMED')
  }
})

test('a contract that is not the manifest’s is refused', async () => {
  using kept = createStore()
  const other = contentFor(emptyManifest('pricing', '2.0.0'))
  const { digest } = await kept.store.add(pricing, other)
  await refuses(kept.store.get(digest), 'RELEASE_MALFORMED')
})

test('envelopes lie beside the release that they are about, as referrers', async () => {
  using kept = createStore()
  const first = await kept.store.add(pricing, contentFor(pricing))
  const second = await kept.store.add(pricing, contentFor(pricing, 'export const other = 1'))
  const referrer = await kept.store.attach(first.digest, { payload: 'one' })
  await kept.store.attach(first.digest, { payload: 'two' })
  await kept.store.attach(first.digest, { payload: 'two' })
  assert.deepEqual(
    new Set(await kept.store.signatures(first.digest)),
    new Set([{ payload: 'one' }, { payload: 'two' }]),
  )
  assert.deepEqual(await kept.store.signatures(second.digest), [])
  assert.equal((await kept.store.list()).length, 2)
  const image = readJson(blobPath(kept.folder, referrer)) as { subject: { digest: Digest; size: number } }
  assert.equal(image.subject.digest, first.digest)
  assert.equal(image.subject.size, statSync(blobPath(kept.folder, first.digest)).size)
})

test('an envelope cannot be moved to another release', async () => {
  using kept = createStore()
  const signed = await kept.store.add(pricing, contentFor(pricing))
  const unsigned = await kept.store.add(pricing, contentFor(pricing, 'export const other = 1'))
  await kept.store.attach(signed.digest, { payload: 'verdict' })
  const entry = readdirSync(join(kept.folder, 'entries')).find((name) => name.split('.').length === 3) ?? ''
  const moved = entry.replace(signed.digest.slice(7), unsigned.digest.slice(7))
  writeFileSync(join(kept.folder, 'entries', moved), readFileSync(join(kept.folder, 'entries', entry)))
  await refuses(kept.store.signatures(unsigned.digest), 'RELEASE_MALFORMED')
})

test('an altered envelope is refused, a huge one is not taken, one for an unknown release neither', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, contentFor(pricing))
  await kept.store.attach(digest, { payload: 'one' })
  writeFileSync(blobPath(kept.folder, digestOf('{"payload":"one"}')), '{"payload":"two"}')
  await refuses(kept.store.signatures(digest), 'BLOB_ALTERED')
  await refuses(kept.store.attach(digest, { payload: 'x'.repeat(12 * 2 ** 20) }), 'ENVELOPE_TOO_LARGE')
  await refuses(kept.store.attach(digestOf('nothing'), {}), 'RELEASE_UNKNOWN')
})

test('building again does not hide that a blob was altered', async () => {
  using kept = createStore()
  await kept.store.add(pricing, contentFor(pricing, 'export const price = 1'))
  writeFileSync(blobPath(kept.folder, digestOf('export const price = 1')), 'export const price = 0')
  await refuses(kept.store.add(pricing, contentFor(pricing, 'export const price = 1')), 'BLOB_ALTERED')
})

test('a damaged entry is named', async () => {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, contentFor(pricing))
  const entry = join(kept.folder, 'entries', `${digest.slice(7)}.json`)
  writeFileSync(entry, '{')
  const other = emptyManifest('catalog')
  const adding = kept.store.add(other, contentFor(other))
  await assert.rejects(adding, { code: 'STORE_READ', place: { file: entry } })
})

test('a folder that is something else is not taken for a store', () => {
  using kept = createStore()
  writeFileSync(join(kept.folder, 'oci-layout'), '{"imageLayoutVersion":"9"}')
  assert.throws(() => openReleaseStore(kept.folder), { code: 'STORE_WRITE' })
  const file = join(kept.folder, 'file')
  writeFileSync(file, '')
  assert.throws(() => openReleaseStore(file), { code: 'STORE_WRITE' })
})

test('a store that cannot be written says so and leaves nothing half written', async () => {
  using kept = createStore()
  rmSync(join(kept.folder, 'blobs'), { recursive: true })
  writeFileSync(join(kept.folder, 'blobs'), 'a file where a folder should be')
  await assert.rejects(kept.store.add(pricing, contentFor(pricing)))
  rmSync(join(kept.folder, 'blobs'))
  mkdirSync(join(kept.folder, 'blobs'))
  await kept.store.add(pricing, contentFor(pricing))
  assert.deepEqual(leftovers(kept.folder), [])
})

test('two processes that build at once lose nothing', async () => {
  using kept = createStore()
  const writer = fileURLToPath(import.meta.resolve('../fixture/writer.ts'))
  const processes = ['catalog', 'orders'].map((name) => fork(writer, [kept.folder, name, '12']))
  const codes = await Promise.all(processes.map(async (child) => await once(child, 'exit')))
  assert.deepEqual(
    codes.map(([code]) => code as unknown),
    [0, 0],
  )
  assert.equal((await kept.store.list()).length, 24)
  const index = readJson(join(kept.folder, 'index.json')) as { manifests: unknown[] }
  assert.equal(index.manifests.length, 24)
  assert.deepEqual(leftovers(kept.folder), [])
})

const content = fc.record({
  name: fc.constantFrom('pricing', 'catalog', 'orders'),
  version: fc.constantFrom('1.0.0', '1.1.0', '2.0.0'),
  code: fc.string({ unit: 'binary', maxLength: 200 }),
})

test('a store gives back exactly what was added, in whatever order, and after it was opened again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(content, { maxLength: 6 }), async (releases) => {
      using kept = createStore()
      const known = new Map<Digest, string>()
      for (const { name, version, code } of releases) {
        const manifest = emptyManifest(name, version)
        const release = await kept.store.add(manifest, contentFor(manifest, code))
        known.set(release.digest, code)
      }
      await same(openReleaseStore(kept.folder), known)
    }),
    { numRuns: 40 },
  )
})

async function same(store: ReleaseStore, known: ReadonlyMap<Digest, string>): Promise<void> {
  const listed = await store.list()
  assert.deepEqual(new Set(listed.map(({ digest }) => digest)), new Set(known.keys()))
  for (const [digest, code] of known) {
    assert.equal((await store.get(digest)).digest, digest)
    assert.deepEqual(Buffer.from(await store.file(digest, 'bundle')), Buffer.from(code))
  }
}

async function refuses(attempt: Promise<unknown>, code: string, blob?: Digest): Promise<void> {
  await assert.rejects(attempt, (thrown: Error & { code?: string }) => {
    assert.equal(thrown.code, code, thrown.message)
    assert.equal(thrown.name, 'Refusal')
    if (blob !== undefined) assert.ok(thrown.message.includes(blob), thrown.message)
    return true
  })
}

function blobPath(folder: string, digest: Digest): string {
  return join(folder, 'blobs', 'sha256', digest.slice(7))
}

function blobsOf(folder: string): Digest[] {
  return readdirSync(join(folder, 'blobs', 'sha256')).map((hex): Digest => `sha256:${hex}`)
}

function putBlob(folder: string, text: string): Digest {
  const digest = digestOf(text)
  writeFileSync(blobPath(folder, digest), text)
  return digest
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.part'))
}
