import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite, test } from 'node:test'
import { formatPlace, Refusal } from '@plimsoll/base'
import fc from 'fast-check'
import { checkForSecrets } from './leak.ts'
import { findSecrets } from './secrets.ts'

// Put together here, so that no scanner takes this file for a leak.
const begin = '-----BEGIN'
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (payload: unknown) =>
  `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(payload)}.${'a1B2'.repeat(8)}`
const drawn = 'q7Rk2ZpX9vLm4TnB8sWc'

const shaped: readonly (readonly [string, string])[] = [
  ['a private key (PEM)', `${begin} PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n`],
  [
    'a private key (PEM)',
    `${begin} EC PRIVATE KEY-----\\nMHcCAQEEIAbcdefghijklmnopqrstuvwxyz0123456789ABCDE\\n`,
  ],
  ['a private key (PEM)', `${begin} OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXk'.repeat(4)}\n`],
  ['a private key (PEM)', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  [
    'a private key (JWK)',
    JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })).replaceAll('"', "'"),
  ],
  ['an API key of Plimsoll', `plk_storefront_${'s3cret'.repeat(4)}`],
  ['an AWS access key', `AKIA${'Z'.repeat(16)}`],
  ['a GitHub token', `ghp_${'a1'.repeat(18)}`],
  ['a GitHub token', `github_pat_${'a1'.repeat(30)}`],
  ['a GitLab token', `glpat-${'a1'.repeat(10)}`],
  ['a Slack token', `xoxb-${'1234567890-'.repeat(2)}`],
  [
    'a Slack webhook',
    `https://hooks.slack.com/services/T0${'A1'.repeat(4)}/B0${'A1'.repeat(4)}/${'a1'.repeat(12)}`,
  ],
  ['a Stripe live key', `sk_live_${'a1'.repeat(10)}`],
  ['a Stripe webhook secret', `whsec_${'a1'.repeat(16)}`],
  ['an npm token', `npm_${'a1'.repeat(18)}`],
  ['a Google API key', `AIza${'a'.repeat(35)}`],
  ['an Azure storage key', `DefaultEndpointsProtocol=https;AccountKey=${'a1'.repeat(43)}==`],
  ['a signed token (JWT)', token({ sub: 'ada', role: 'admin' })],
  ['a password in an address', `postgres://shop:${drawn}@db.shop.internal:5432/shop`],
]

/** Checks a module that goes into the bundle as it stands. */
function checked(source: string, bundle = source): Refusal | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-leak-'))
  const path = join(folder, 'tax.ts')
  writeFileSync(path, source)
  try {
    checkForSecrets({
      files: { 'service.mjs': Buffer.from(bundle) },
      modules: [path],
      nameOf: () => 'services/pricing/tax.ts',
    })
    return undefined
  } catch (thrown) {
    assert.ok(thrown instanceof Refusal)
    assert.equal(thrown.code, 'SECRET_IN_BUNDLE')
    return thrown
  } finally {
    rmSync(folder, { recursive: true })
  }
}

suite('a planted key', () => {
  for (const [kind, secret] of shaped)
    test(`${kind} is found with file and line, its value is not told`, () => {
      const told = checked(`// tax\n\nexport const setting = \`${secret}\`\n`)
      assert.ok(told !== undefined)
      assert.ok(told.message.includes(`${kind} at services/pricing/tax.ts:`), told.message)
      const line = told.place?.line ?? 0
      assert.ok(line === 3 || line === 4, String(line))
      assert.ok(told.fix)
      for (let at = 0; at + 16 <= secret.length; at += 1) {
        const part = secret.slice(at, at + 16)
        assert.ok(part.includes('PRIVATE KEY') || !told.message.includes(part))
      }
    })

  test('that only has the name of a secret is found where it looks drawn at random', () => {
    const lines = [
      `const apiKey = '${drawn}'`,
      `const config = { "client_secret": "${drawn}" }`,
      `const DB_PASSWORD = process.env.DB_PASSWORD ?? '${drawn}'`,
      `options.accessToken ||= \`${drawn}\``,
      `headers['authorization'] = 'Bearer ${drawn}'`,
      `const AWS_SECRET_ACCESS_KEY = '${drawn}${drawn.toLowerCase()}'`,
      `const jwtSecret: string = '${createHash('sha256').update('x').digest('hex')}'`,
      `const signingKeyBase64 = '${createHash('sha256').update('x').digest('base64')}'`,
    ]
    for (const line of lines) {
      // The bundle has no types.
      const told = checked(line, line.replace(': string', ''))
      assert.equal(formatPlace(told?.place).split(':')[0], 'services/pricing/tax.ts', line)
      assert.match(told?.message ?? '', /what looks like a secret/, line)
    }
  })

  test('however it is drawn, under whichever name', () => {
    const name = fc.constantFrom(
      'apiKey',
      'API_KEY',
      'clientSecret',
      'db_password',
      'access-token',
      'private_key',
    )
    const characters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'.split('')
    const value = fc
      .array(fc.constantFrom(...characters), { minLength: 32, maxLength: 64 })
      .map((all) => all.join(''))
      .filter(
        (text) =>
          new Set(text).size >= 18 &&
          /\d/.test(text) &&
          /[a-z]/.test(text) &&
          /[A-Z]/.test(text) &&
          // What stands for a secret that is to be filled in: `xxxx`.
          !/x{4}/i.test(text),
      )
    fc.assert(
      fc.property(name, value, (named, secret) => {
        assert.ok(findSecrets(`const x = { '${named}': '${secret}' }`).length > 0)
      }),
    )
  })

  test('that no source has as it stands is told with the file of the release', () => {
    const told = checked(`export const key = 'AKIA' + 'Z'.repeat(16)`, `var key = "AKIA${'Z'.repeat(16)}"`)
    assert.equal(formatPlace(told?.place), 'service.mjs')
  })

  test('of a published shape cannot be excused; what only looks like a secret can, with a reason', () => {
    const excuse = '// plimsoll:not-secret the public key of the sandbox'
    assert.equal(checked(`const apiKey = '${drawn}' ${excuse}`), undefined)
    assert.equal(checked(`${excuse}\nconst apiKey = '${drawn}'`), undefined)
    assert.ok(checked(`const apiKey = '${drawn}' // plimsoll:not-secret`))
    assert.ok(checked(`${excuse}\n\n\nconst apiKey = '${drawn}'`))
    assert.ok(checked(`const key = 'AKIA${'Z'.repeat(16)}' ${excuse}`))
  })
})

suite('what is no secret', () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const fine: readonly string[] = [
    `const begin = '${begin} PRIVATE KEY-----'`,
    "if (key.startsWith('plk_')) throw new Error('plk_<id>_<secret>')",
    "const shape = /AKIA[A-Z2-7]{16}/, prefix = 'ghp_', bot = 'xoxb-'",
    `const certificate = '${begin} CERTIFICATE-----MIIBkTCB+wIJAKHHIG...'`,
    `const key = \`${publicKey.export({ type: 'spki', format: 'pem' })}\``,
    `const jwk = ${JSON.stringify(publicKey.export({ format: 'jwk' }))}`,
    `const integrity = 'sha512-${randomBytes(64).toString('base64')}'`,
    `const digest = '${createHash('sha256').update('x').digest('hex')}'`,
    `const passwordHash = '$2b$12$H2Damc5DGNmsLdKBBO84XufQ5hGASvQAX5LKSmXbNRBIJAOZEbajm'`,
    `const publicKey = '${randomBytes(32).toString('base64')}'`,
    `const tokenHash = '${createHash('sha256').update('x').digest('hex')}'`,
    `const vectors = [{ input: '${randomBytes(32).toString('hex')}', expected: '${randomBytes(32).toString('hex')}' }]`,
    `const testKey = '${drawn}'`,
    "const AWS_ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE'",
    "const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'",
    `const sample = '${token({ sub: '1234567890', name: 'John Doe' })}'`,
    "const password = process.env['DB_PASSWORD']",
    "const tokenType = 'urn:ietf:params:oauth:token-type:access_token'",
    "const token = 'reset-password-confirmation-2'",
    "const apiKey = 'your-api-key-goes-here-1'",
    "const secret = 'changeme-changeme-1'",
    "const url = 'postgres://localhost:5432/shop', other = 'postgres://user:password@localhost/shop'",
    "const url = 'https://user:password1@example.com/'",
    'const password = `${salt}${drawn}abcdefgh1234`',
    "const primaryKey = 'a8f3kq0zLp4mNb7vXc2d'",
    "const id = '0f8fad5b-d9cb-469f-a165-70867728950e'",
  ]
  for (const line of fine)
    test(`is let in: ${line.slice(0, 60).replaceAll('\n', ' ')}`, () => {
      assert.deepEqual(
        findSecrets(line).map(({ kind }) => kind),
        [],
      )
    })

  test('are the packages that releases are made with', () => {
    for (const name of ['zod', 'ajv', 'yaml']) {
      const folder = dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)))
      const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (path) => /\.(?:c|m)?js$/.test(path) && !path.includes('test'),
      )
      assert.ok(modules.length > 10, name)
      for (const path of modules)
        assert.deepEqual(findSecrets(readFileSync(join(folder, path), 'utf8')), [], `${name}/${path}`)
    }
  })
})
