import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { createSigningKey, type Envelope } from '@plimsoll/identity'
import { contentFor, createStore, emptyManifest } from './fixture/release.ts'
import { provenanceType, signRelease } from './provenance.ts'

const has = (program: string, ...words: string[]) =>
  spawnSync(program, words, { timeout: 20_000 }).status === 0
const cosign = has('cosign', 'version') ? false : 'cosign is not installed'
const openssl = has('openssl', 'version') ? false : 'openssl is not installed'

/** What somebody has who verifies a release without Plimsoll: its image manifest, the envelope, and a public key. */
async function withFiles(look: (files: { folder: string; envelope: Envelope }) => void): Promise<void> {
  using kept = createStore()
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-interoperation-'))
  const key = createSigningKey()
  try {
    const manifest = emptyManifest('pricing')
    const { digest } = await kept.store.add(manifest, contentFor(manifest))
    const envelope = await signRelease(kept.store, digest, key)
    const [image] = await kept.store.images(digest)
    writeFileSync(join(folder, 'release.json'), image.bytes)
    writeFileSync(join(folder, 'envelope.json'), JSON.stringify(envelope))
    writeFileSync(join(folder, 'release.pub'), key.publicKey)
    writeFileSync(join(folder, 'stranger.pub'), createSigningKey().publicKey)
    look({ folder, envelope })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

suite('without Plimsoll', () => {
  test('cosign verifies the provenance of a release offline', { skip: cosign }, async () => {
    await withFiles(({ folder }) => {
      const verify = (key: string) =>
        spawnSync(
          'cosign',
          [
            'verify-blob-attestation',
            '--key',
            key,
            '--signature',
            'envelope.json',
            '--type',
            provenanceType,
            '--insecure-ignore-tlog=true',
            '--check-claims=true',
            'release.json',
          ],
          { cwd: folder, encoding: 'utf8', timeout: 60_000 },
        )
      const { status, stderr } = verify('release.pub')
      assert.equal(status, 0, stderr)
      assert.notEqual(verify('stranger.pub').status, 0)
    })
  })

  test('openssl verifies the signature over what DSSE says is signed', { skip: openssl }, async () => {
    await withFiles(({ folder, envelope: { payload, payloadType, signatures } }) => {
      const body = Buffer.from(payload, 'base64')
      // Put together as the specification writes it, apart from the code that signs.
      const signed = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `
      writeFileSync(join(folder, 'signed'), Buffer.concat([Buffer.from(signed), body]))
      writeFileSync(join(folder, 'signature'), Buffer.from(signatures[0]?.sig ?? '', 'base64'))
      const verify = (key: string) =>
        spawnSync(
          'openssl',
          ['pkeyutl', '-verify', '-pubin', '-rawin', '-inkey', key, '-in', 'signed', '-sigfile', 'signature'],
          { cwd: folder, encoding: 'utf8', timeout: 60_000 },
        )
      const { status, stderr } = verify('release.pub')
      assert.equal(status, 0, stderr)
      assert.notEqual(verify('stranger.pub').status, 0)
    })
  })

  test('the statement has what in-toto and SLSA 1.0 require', async () => {
    await withFiles(({ envelope }) => {
      const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as {
        _type: string
        subject: { name: string; digest: { sha256: string } }[]
        predicateType: string
        predicate: {
          buildDefinition: { buildType: string; externalParameters: object }
          runDetails: { builder: { id: string; version: Record<string, string> } }
        }
      }
      assert.equal(envelope.payloadType, 'application/vnd.in-toto+json')
      assert.equal(statement._type, 'https://in-toto.io/Statement/v1')
      assert.equal(statement.predicateType, 'https://slsa.dev/provenance/v1')
      assert.match(statement.subject[0]?.digest.sha256 ?? '', /^[0-9a-f]{64}$/)
      const { buildDefinition, runDetails } = statement.predicate
      for (const uri of [buildDefinition.buildType, runDetails.builder.id]) assert.ok(URL.canParse(uri), uri)
      assert.equal(typeof buildDefinition.externalParameters, 'object')
      for (const version of Object.values(runDetails.builder.version)) assert.equal(typeof version, 'string')
    })
  })
})
