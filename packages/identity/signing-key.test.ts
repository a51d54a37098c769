import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { createKey } from './key.ts'
import { writePrivateFileOnce } from './private-file.ts'
import { createSigningKey, openSigningKey } from './signing-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-keys-'))
after(() => rmSync(folder, { recursive: true }))
const fresh = () => join(mkdtempSync(join(folder, 'k-')), 'release.key')

suite('a signing key in a file', () => {
  test('is made once, for its owner alone, with its public part beside it', () => {
    const path = fresh()
    const key = openSigningKey(path)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(path, '..')).toSorted(), ['release.key', 'release.pub'])
    assert.equal(readFileSync(path.replace('.key', '.pub'), 'utf8'), key.publicKey)
    assert.equal(openSigningKey(path).keyId, key.keyId)
    assert.ok(
      verify(null, Buffer.from('release'), createPublicKey(key.publicKey), key.sign(Buffer.from('release'))),
    )
  })

  test('does not tell its private part', () => {
    const path = fresh()
    const key = openSigningKey(path)
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('-'))
    const told = JSON.stringify(key)
    assert.ok(lines.every((line) => !told.includes(line)))
  })

  test('that is no key, or no key for signing, is not used and not replaced', () => {
    const ed448 = generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'pem' })
    const locked = generateKeyPairSync('ed25519').privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'card',
    })
    for (const text of [
      '',
      'nonsense',
      createSigningKey().publicKey,
      createKey().privateKey,
      ed448,
      locked,
    ]) {
      const path = fresh()
      writeFileSync(path, text, { mode: 0o600 })
      assert.throws(() => openSigningKey(path), { code: 'KEY_FILE', place: { file: path } })
      assert.equal(readFileSync(path, 'utf8'), text)
    }
    const cut = fresh()
    openSigningKey(cut)
    truncateSync(cut, 60)
    assert.throws(() => openSigningKey(cut), { code: 'KEY_FILE' })
  })

  test('that others may read, or that a link leads to, is not used', () => {
    const path = fresh()
    openSigningKey(path)
    chmodSync(path, 0o640)
    assert.throws(() => openSigningKey(path), { code: 'KEY_FILE' })
    chmodSync(path, 0o600)
    const linked = fresh()
    symlinkSync(path, linked)
    assert.throws(() => openSigningKey(linked), { code: 'KEY_FILE' })
  })

  test('writes its public part over no other file that a link leads to', () => {
    const path = fresh()
    const victim = join(path, '../victim')
    writeFileSync(victim, 'important')
    symlinkSync(victim, path.replace('.key', '.pub'))
    const key = openSigningKey(path)
    assert.equal(readFileSync(victim, 'utf8'), 'important')
    assert.equal(readFileSync(path.replace('.key', '.pub'), 'utf8'), key.publicKey)
  })

  test('may show its public part to others', () => {
    const path = fresh()
    const key = openSigningKey(path)
    chmodSync(path.replace('.key', '.pub'), 0o644)
    assert.equal(openSigningKey(path).keyId, key.keyId)
  })
})

suite('a private file', () => {
  test('is never written over another', () => {
    const path = fresh()
    assert.equal(writePrivateFileOnce(path, 'first'), 'first')
    assert.equal(writePrivateFileOnce(path, 'second'), 'first')
    assert.equal(readFileSync(path, 'utf8'), 'first')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(path, '..')), ['release.key'])
  })

  test('has its mode whatever the mask of the process', () => {
    const before = process.umask(0)
    try {
      const path = fresh()
      writePrivateFileOnce(path, 'secret')
      assert.equal(statSync(path).mode & 0o777, 0o600)
    } finally {
      process.umask(before)
    }
  })
})
