import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApiKey, createSigningKey, createSubjectVerifier, spiffeId } from '@plimsoll/identity'
import { describeContract } from '@plimsoll/contract'
import type { GatewayConfiguration, GatewayConsumer } from './configuration.ts'
import type { Route } from './routes.ts'
import { pricing } from './shop.fixture.ts'
import { SubjectTokens } from './subject-tokens.ts'

const begin = Date.UTC(2026, 5, 1, 12)
const issuer = spiffeId('shop.internal', 'gateway', 'gateway')
const { key: secret, record } = createApiKey('storefront')
const consumer: GatewayConsumer = {
  record,
  scopes: ['prices:read', 'prices:write', 'orders:write'],
  uses: [],
}

function routeOf(name: string): Route {
  const operation = describeContract(pricing).operations[name] ?? assert.fail(name)
  return { id: `pricing.${name}`, service: 'pricing', name, operation, check: () => [] }
}

function open() {
  const state = { now: begin }
  const key = createSigningKey()
  const tokens = new SubjectTokens({ key, issuer, clock: { now: () => state.now } })
  const verifier = createSubjectVerifier([{ keyId: key.keyId, publicKey: key.publicKey, issuer }])
  const configuration: GatewayConfiguration = {
    contracts: [],
    consumers: [consumer],
    reach: { 'pricing.quote': { audience: ['catalog', 'pricing'], scopes: ['prices:read', 'stock:read'] } },
  }
  const tokenFor = (name: string, of = configuration) => tokens.tokenFor(consumer, routeOf(name), of)
  return { state, configuration, tokenFor, read: (token: string) => verifier.verify(token, state.now) }
}

test('a token is for the services that the operation reaches, and for the scopes that are asked for there and held', () => {
  const { tokenFor, read } = open()
  const { aud, scope, sub, iss, key } = read(tokenFor('quote'))
  assert.deepEqual(
    { aud, scope, sub, iss, key },
    {
      aud: ['catalog', 'pricing'],
      scope: 'prices:read',
      sub: 'storefront',
      iss: issuer,
      key: record.id,
    },
  )
})

test('where nobody says how far an operation reaches, no further than to its service', () => {
  const { tokenFor, read } = open()
  const { aud, scope } = read(tokenFor('discount'))
  assert.deepEqual([aud, scope], [['pricing'], 'prices:write'])
})

test('a token lives a minute longer than the operation may take, and is used again for that minute', () => {
  const { state, tokenFor, read } = open()
  const first = tokenFor('quote')
  assert.equal(read(first).exp - read(first).iat, 62)
  state.now += 59_000
  assert.equal(tokenFor('quote'), first)
  state.now += 2_000
  assert.notEqual(tokenFor('quote'), first)
})

test('another operation, consumer or configuration has another token', () => {
  const { configuration, tokenFor, read } = open()
  const first = tokenFor('quote')
  assert.notEqual(tokenFor('discount'), first)
  const narrower = { ...configuration, reach: { 'pricing.quote': { audience: ['pricing'], scopes: [] } } }
  const second = read(tokenFor('quote', narrower))
  assert.deepEqual([second.aud, second.scope], [['pricing'], ''])
})

test('what the consumer showed goes no further: neither its key nor anything to guess it by', () => {
  const { tokenFor } = open()
  const [, payload = ''] = tokenFor('quote').split('.')
  const text = Buffer.from(payload, 'base64url').toString()
  for (const part of [secret, secret.split('_')[2] ?? '', record.hash]) assert.ok(!text.includes(part))
})
