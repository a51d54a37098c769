import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@plimsoll/base'
import { checkForSecrets } from './leak.ts'

// Put together here, so that no scanner takes this file for a leak.
const begin = '-----BEGIN'
const secrets: readonly [string, string][] = [
  ['a private key (PEM)', `${begin} PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n`],
  [
    'a private key (PEM)',
    `${begin} EC PRIVATE KEY-----\\nMHcCAQEEIAbcdefghijklmnopqrstuvwxyz0123456789ABCDE\\n`,
  ],
  ['an API key of Plimsoll', `plk_storefront_${'s3cret'.repeat(4)}`],
  ['an AWS access key', `AKIA${'Z'.repeat(16)}`],
  ['a GitHub token', `ghp_${'a1'.repeat(18)}`],
  ['a GitLab token', `glpat-${'a1'.repeat(10)}`],
  ['a Slack token', `xoxb-${'1234567890-'.repeat(2)}`],
  ['a Stripe live key', `sk_live_${'a1'.repeat(10)}`],
  ['an npm token', `npm_${'a1'.repeat(18)}`],
  ['a Google API key', `AIza${'a'.repeat(35)}`],
]

for (const [kind, secret] of secrets) {
  test(`${kind} is found and named, its value is not`, () => {
    assert.throws(
      () => checkForSecrets(Buffer.from(`const setting = "${secret}"`)),
      (thrown) => {
        assert.ok(thrown instanceof Refusal)
        assert.equal(thrown.code, 'SECRET_IN_BUNDLE')
        assert.ok(thrown.message.includes(kind))
        return !thrown.message.includes(secret.slice(0, 20))
      },
    )
  })
}

test('code that handles secrets is no secret', () => {
  const code = `
    const begin = '-----BEGIN PRIVATE KEY-----'
    if (key.startsWith('plk_')) throw new Error('plk_<id>_<secret>')
    const shape = /AKIA[A-Z2-7]{16}/, prefix = 'ghp_', bot = 'xoxb-'
    const certificate = '-----BEGIN CERTIFICATE-----MIIBkTCB+wIJAKHHIG...'`
  assert.doesNotThrow(() => checkForSecrets(Buffer.from(code)))
})
