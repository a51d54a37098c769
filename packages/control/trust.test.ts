import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSigningKey } from '@plimsoll/identity'
import { openShop } from './shop.fixture.ts'
import { openTrust, othersTrusted } from './trust.ts'

test('an installation has one name of its own, for as long as its state lives', async () => {
  await using one = openShop()
  await using two = openShop()
  const { environment } = openTrust(one.folders.keys, one.state)
  assert.match(environment, /^[0-9a-f-]{36}$/)
  assert.equal(openTrust(one.folders.keys, one.state).environment, environment)
  assert.notEqual(openTrust(two.folders.keys, two.state).environment, environment)
})

test('keys of others count for releases while they lie there, never for verdicts', async () => {
  await using shop = openShop()
  const trust = openTrust(shop.folders.keys, shop.state)
  const other = createSigningKey().publicKey
  const file = join(shop.folders.keys, 'trusted', 'build-machine.pub')
  assert.equal(trust.releases.length, 1)
  mkdirSync(join(file, '..'))
  writeFileSync(file, other)
  assert.deepEqual(trust.releases.slice(1), [other])
  assert.equal(trust.verdicts.length, 1)
  assert.ok(!trust.verdicts.includes(other))
  rmSync(file)
  assert.equal(trust.releases.length, 1)
})

test('what is no public key trusts nobody, and is named', async () => {
  await using shop = openShop()
  const { keys } = shop.folders
  const trust = openTrust(keys, shop.state)
  const file = join(keys, 'trusted', 'x.pub')
  mkdirSync(join(file, '..'), { recursive: true })
  const pem = (type: 'spki' | 'pkcs8') => {
    const pair = generateKeyPairSync('ed25519')
    return type === 'spki'
      ? pair.publicKey.export({ type, format: 'pem' })
      : pair.privateKey.export({ type, format: 'pem' })
  }
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  })
  for (const text of [
    '',
    'x',
    pem('pkcs8'),
    rsa,
    pem('spki') + pem('spki'),
    `${pem('spki')}${'\n'.repeat(5_000)}`,
  ]) {
    writeFileSync(file, text)
    assert.throws(() => othersTrusted(keys), { code: 'TRUST_CHANGED', place: { file } })
    assert.equal(trust.releases.length, 1)
  }
  writeFileSync(file, pem('spki'))
  assert.equal(othersTrusted(keys).length, 1)
})
