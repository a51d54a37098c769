import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { IdentityRefusal } from './errors.ts'
import { isTrustDomain, parseSpiffeId, spiffeId } from './spiffe.ts'

const refused = (text: string) =>
  assert.throws(
    () => parseSpiffeId(text),
    (error) =>
      error instanceof IdentityRefusal && error.code === 'SPIFFE_ID' && !error.message.includes(text),
    text,
  )

suite('a SPIFFE ID (SPIFFE-ID specification, section 2)', () => {
  test('names trust domain, kind and name', () => {
    const id = spiffeId('shop.internal', 'service', 'order-items')
    assert.equal(id, 'spiffe://shop.internal/service/order-items')
    assert.deepEqual(parseSpiffeId(id), {
      id,
      trustDomain: 'shop.internal',
      kind: 'service',
      name: 'order-items',
    })
  })

  test('has the scheme spiffe, and no authority but a trust domain', () => {
    for (const start of [
      'https://',
      'spiffe:/',
      'spiffe:',
      'spiffe',
      '//',
      'SPIFFE://',
      'Spiffe://',
      ' spiffe://',
      'spiffe:// ',
    ])
      refused(`${start}shop/service/orders`)
    refused('spiffe:///service/orders')
    refused('spiffe://shop:443/service/orders')
    refused('spiffe://admin@shop/service/orders')
    refused('spiffe://admin:secret@shop/service/orders')
    refused('spiffe://[::1]/service/orders')
  })

  test('has a trust domain of lower-case letters, digits, dots, hyphens and underscores, at most 255 bytes', () => {
    for (const domain of ['a', 'shop.internal', 'a_b-c.9', '1'.repeat(255)]) assert.ok(isTrustDomain(domain))
    for (const domain of [
      '',
      'Shop',
      'shop internal',
      'shöp',
      'shop/x',
      'shop%2Ex',
      'shop:1',
      'shop\n',
      'a'.repeat(256),
    ]) {
      assert.ok(!isTrustDomain(domain), domain)
      refused(`spiffe://${domain}/service/orders`)
    }
  })

  test('has a path without empty, dot or escaped segments, without a slash at the end', () => {
    for (const path of [
      '',
      '/',
      '//',
      '/service',
      '/service/',
      '/service//orders',
      '//service/orders',
      '/service/orders/',
      '/./service',
      '/service/.',
      '/service/..',
      '/service/../gateway/gateway',
    ])
      refused(`spiffe://shop${path}`)
    for (const name of [
      'or%64ers',
      'or ders',
      'orders?x',
      'orders#x',
      'örders',
      'orders\u0000',
      'orders\n',
      '\torders',
      'orders\\x',
      'orders;x',
      'orders@x',
      '*',
      '~orders',
    ])
      refused(`spiffe://shop/service/${name}`)
    assert.equal(parseSpiffeId('spiffe://shop/service/Or_d.er-S9').name, 'Or_d.er-S9')
    assert.equal(parseSpiffeId('spiffe://shop/service/...').name, '...')
  })

  test('has no query and no fragment', () => {
    refused('spiffe://shop/service/orders?')
    refused('spiffe://shop/service/orders#')
    refused('spiffe://shop/service/orders?admin=true')
    refused('spiffe://shop?/service/orders')
  })

  test('has at most 2048 bytes', () => {
    const prefix = 'spiffe://shop/service/'
    assert.ok(parseSpiffeId(prefix + 'a'.repeat(2_048 - prefix.length)))
    refused(prefix + 'a'.repeat(2_049 - prefix.length))
    refused('a'.repeat(1_000_000))
  })

  test('is of a kind that Plimsoll knows; nothing climbs into another kind', () => {
    for (const kind of ['admin', 'Service', 'services', 'constructor', '__proto__', 'operator '])
      refused(`spiffe://shop/${kind}/orders`)
    for (const name of ['../operator/local', 'orders/../../operator/local', 'a/b', '', '..']) {
      assert.throws(() => spiffeId('shop', 'service', name), { code: 'SPIFFE_ID' })
      if (name !== '..') assert.throws(() => spiffeId(name, 'service', 'orders'), { code: 'SPIFFE_ID' })
    }
  })

  test('whatever the text: what is accepted is exactly its own parts', () => {
    const part = fc.oneof(
      fc.constantFrom('service', 'operator', 'shop', '.', '..', '', '%2e'),
      fc.string({ maxLength: 8 }),
    )
    const near = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `spiffe://${parts.join('/')}`)
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        let identity
        try {
          identity = parseSpiffeId(text)
        } catch (error) {
          return assert.ok(error instanceof IdentityRefusal)
        }
        assert.equal(`spiffe://${identity.trustDomain}/${identity.kind}/${identity.name}`, text)
        // Another reader of URIs sees the same.
        const url = new URL(text)
        assert.deepEqual(
          [url.host, url.pathname, url.search, url.hash],
          [identity.trustDomain, `/${identity.kind}/${identity.name}`, '', ''],
        )
      }),
      { numRuns: 5_000 },
    )
  })
})
