import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createSigningKey,
  parseSpiffeId,
  signSubjectToken,
  spiffeId,
  type SubjectClaims,
  type TrustState,
} from '@plimsoll/identity'
import * as fc from 'fast-check'
import { Subjects } from './subject.ts'

const domain = 'shop.test'
const key = createSigningKey()
const issuer = spiffeId(domain, 'gateway', 'front')
const gateway = parseSpiffeId(issuer)
const peer = (kind: 'service' | 'gateway' | 'operator', name: string) =>
  parseSpiffeId(spiffeId(domain, kind, name))

function trustWith(changes: Partial<TrustState> = {}): TrustState {
  return {
    epoch: 1,
    bundle: '',
    tainted: [],
    revoked: { serials: [], identities: [], apiKeys: [] },
    subjectKeys: [{ keyId: key.keyId, publicKey: key.publicKey, issuer }],
    ...changes,
  }
}

const now = () => Math.floor(Date.now() / 1_000)

function token(changes: Partial<SubjectClaims> = {}, signer = key): string {
  const times = { iat: now(), exp: now() + 60 }
  const claims = {
    iss: issuer,
    sub: 'storefront',
    aud: ['pricing', 'catalog'],
    scope: 'quotes',
    key: 'k1',
    ...times,
  }
  return signSubjectToken({ ...claims, ...changes }, signer)
}

const pricing = () => new Subjects('pricing', () => trust)
const trust = trustWith()
const storefront = { consumer: 'storefront', scopes: ['quotes'] }

test('a token of the gateway tells on whose behalf a call runs, from the gateway and from a service on its way', () => {
  for (const presenter of [gateway, peer('service', 'catalog')]) {
    const judged = pricing().judge(token(), presenter)
    assert.deepEqual(judged.ok && judged.subject, storefront)
  }
  const judged = pricing().judge(token({ scope: '' }), gateway)
  assert.deepEqual(judged.ok && judged.subject.scopes, [])
})

/** Why a token is refused; nothing where it is not. */
function objection(text: string, presenter = gateway, subjects = pricing()): string {
  const judged = subjects.judge(text, presenter)
  return judged.ok ? '' : judged.reason
}

test('attack: at a service that it was not made for', () => {
  assert.match(objection(token(), gateway, new Subjects('billing', () => trust)), /not for billing/)
  assert.match(objection(token({ aud: ['pricing2'] })), /not for pricing/)
})

test('attack: presented by whoever is not on its way, whatever it may call otherwise', () => {
  const stolen = token()
  const strangers = [
    peer('service', 'billing'),
    peer('operator', 'catalog'),
    peer('gateway', 'other'),
    peer('gateway', 'catalog'),
    parseSpiffeId(spiffeId('elsewhere', 'gateway', 'front')),
  ]
  const subjects = pricing()
  assert.equal(objection(stolen, gateway, subjects), '')
  // What one connection was allowed says nothing about another.
  for (const stranger of strangers)
    assert.match(objection(stolen, stranger, subjects), /not made for .* to present/)
})

test('attack: after its end, also where it was good before; before its beginning; longer than any', (context) => {
  assert.match(objection(token({ exp: now() })), /ended/)
  assert.match(objection(token({ iat: now() + 600, exp: now() + 660 })), /clocks differ/)
  assert.match(objection(token({ exp: now() + 86_400 })), /longer than any/)
  const subjects = pricing()
  const short = token({ exp: now() + 1 })
  assert.equal(objection(short, gateway, subjects), '')
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 2_000 })
  assert.match(objection(short, gateway, subjects), /ended/)
})

test('attack: of a key that nobody knows, or that another gateway has', () => {
  const foreign = createSigningKey()
  assert.match(objection(token({}, foreign)), /no known key/)
  assert.match(objection(token(), gateway, new Subjects('pricing', () => undefined)), /no known key/)
  const two = trustWith({
    subjectKeys: [
      ...trust.subjectKeys,
      { keyId: foreign.keyId, publicKey: foreign.publicKey, issuer: spiffeId(domain, 'gateway', 'other') },
    ],
  })
  assert.match(objection(token({}, foreign), gateway, new Subjects('pricing', () => two)), /somebody else/)
})

test('attack: with another algorithm, another header, another writing', () => {
  const [, payload = '', signature = ''] = token().split('.')
  const header = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const headers = [
    { alg: 'none', typ: 'plimsoll-subject+jwt', kid: key.keyId },
    { alg: 'HS256', typ: 'plimsoll-subject+jwt', kid: key.keyId },
    { alg: 'EdDSA', typ: 'JWT', kid: key.keyId },
    { alg: 'EdDSA', typ: 'plimsoll-subject+jwt', kid: key.keyId, jwk: {} },
    { alg: 'EdDSA', kid: key.keyId, typ: 'plimsoll-subject+jwt' },
    {},
  ]
  for (const value of headers)
    for (const signed of [signature, ''])
      assert.match(objection(`${header(value)}.${payload}.${signed}`), /no known key/)
  const good = token()
  for (const other of [
    `${good}.`,
    `${good}=`,
    ` ${good}`,
    good.slice(0, -1),
    `${good}A`,
    good.replace('.', '..'),
  ])
    assert.notEqual(objection(other), '', other.slice(-10))
})

test('attack: altered anywhere, by one character', () => {
  const good = token()
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.constantFrom('A', 'B', '-', '_', '.', '='), (at, character) => {
      const altered = good.slice(0, at) + character + good.slice(at + 1)
      if (altered !== good) assert.notEqual(objection(altered), '')
    }),
    { numRuns: 300 },
  )
})

test('attack: signed by the gateway, with claims that are none', () => {
  const odd: readonly Partial<Record<keyof SubjectClaims, unknown>>[] = [
    { sub: '' },
    { sub: 'store\nfront' },
    { sub: 7 },
    { aud: [] },
    { aud: 'pricing' },
    { aud: ['pricing', 7] },
    { aud: Array.from({ length: 501 }, () => 'pricing') },
    { scope: ['quotes'] },
    { exp: '99999999999' },
    { exp: 1e300 },
    { iat: null },
    { key: undefined },
  ]
  for (const claims of odd)
    assert.notEqual(objection(token(claims as Partial<SubjectClaims>)), '', JSON.stringify(claims))
})

test('a revoked API key ends the tokens of its consumer, also those that were good before', () => {
  let now = trust
  const subjects = new Subjects('pricing', () => now)
  const good = token()
  assert.equal(objection(good, gateway, subjects), '')
  now = trustWith({ epoch: 2, revoked: { serials: [], identities: [], apiKeys: ['k1'] } })
  assert.match(objection(good, gateway, subjects), /revoked/)
  assert.equal(objection(token({ key: 'k2' }), gateway, subjects), '')
})

test('what one connection has shown is remembered within bounds', () => {
  const subjects = pricing()
  const tokens = Array.from({ length: 600 }, (_, at) => token({ key: `k${at}` }))
  for (const text of [...tokens, ...tokens]) assert.equal(objection(text, gateway, subjects), '')
})

test('any text is a subject or is refused, and none throws', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.notEqual(objection(text), '')))
})
