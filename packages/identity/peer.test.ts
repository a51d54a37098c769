import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { suite, test } from 'node:test'
import { context, integer, objectIdentifier, sequence } from './der.ts'
import { oids } from './oids.ts'
import { checkRoot, checkStillTrusted, leafIdentity, verifyPeer } from './peer.ts'
import { parseSpiffeId } from './spiffe.ts'
import { bits, make, now, uris, type Made, type Shape } from './testing/chain.ts'

const orders = 'spiffe://shop.internal/service/orders'
const minute = 60_000

/** Who a chain is for; each part of it differs from a good one by its shape. */
function verified(shapes: { root?: Shape; issuing?: Shape; leaf?: Shape } = {}, at = now) {
  const root = make('root', undefined, shapes.root)
  const issuing = make('issuing', root, shapes.issuing)
  const leaf = make('leaf', issuing, shapes.leaf)
  return verify([leaf, issuing], root, at)
}

function verify(chain: readonly Made[], root: Made, at = now) {
  return verifyPeer(
    chain.map(({ certificate }) => certificate),
    {
      bundle: root.certificate.toString(),
      identity: parseSpiffeId('spiffe://shop.internal/service/pricing'),
    },
    at,
  )
}

const refused = (shapes: Parameters<typeof verified>[0], code = 'PEER') =>
  assert.throws(() => verified(shapes), { name: 'IdentityRefusal', code })

const extension = (oid: string, value: Buffer, critical = false) => ({ oid, value, critical })
const names = (...texts: readonly string[]) => ({ names: extension(oids.subjectAltName, uris(...texts)) })
const usage = (value: number, critical = true) => ({ usage: extension(oids.keyUsage, bits(value), critical) })

test('a good chain is for the one that its leaf names', () => {
  assert.equal(verified().identity.id, orders)
})

suite('SPIFFE-ID', () => {
  const id = (text: string) => refused({ leaf: { extensions: names(text) } }, 'SPIFFE_ID')

  test('2: the scheme is spiffe, the trust domain is not empty, there is no query and no fragment', () => {
    for (const text of [
      'https://shop.internal/service/orders',
      'spiffe:///service/orders',
      `${orders}?admin`,
      `${orders}#admin`,
    ])
      id(text)
  })

  test('2.1: the authority has no user, no port and no colon', () => {
    for (const authority of ['admin@shop.internal', 'shop.internal:443', 'shop.internal:'])
      id(`spiffe://${authority}/service/orders`)
  })

  test('2.1 and 2.2: only letters, digits, dots, dashes and underscores; no empty or relative segment', () => {
    for (const text of [
      'spiffe://Shop.internal/service/orders',
      'spiffe://shop.internal/service/%6frders',
      'spiffe://shop.internal//orders',
      'spiffe://shop.internal/service/..',
      `${orders}/`,
    ])
      id(text)
  })

  test('2.3: 2,048 bytes are supported, and no more', () => {
    const start = 'spiffe://shop.internal/service/'
    const longest = start + 'o'.repeat(2_048 - start.length)
    assert.equal(verified({ leaf: { extensions: names(longest) } }).identity.id, longest)
    id(`${longest}o`)
  })

  test('3.1: the authority has a name of its own in its trust domain', () => {
    const root = make('root', undefined)
    assert.equal(root.certificate.subjectAltName, 'URI:spiffe://shop.internal')
    refused({ leaf: { extensions: names('spiffe://elsewhere/service/orders') } })
  })
})

suite('X509-SVID', () => {
  test('2: exactly one URI', () => {
    refused({ leaf: { extensions: { names: null } } })
    refused({ leaf: { extensions: names(orders, 'spiffe://shop.internal/service/admin') } })
    refused({ leaf: { extensions: names(orders, orders) } })
    const dns = context(2, Buffer.from('orders'), { constructed: false })
    refused({ leaf: { extensions: { names: extension(oids.subjectAltName, sequence(dns)) } } })
  })

  test('3.1 and 5.2: the name of a leaf has a path', () => {
    for (const text of ['spiffe://shop.internal', 'spiffe://shop.internal/'])
      refused({ leaf: { extensions: names(text) } }, 'SPIFFE_ID')
  })

  test('3.1: without a subject the name is critical, and only then', () => {
    const critical = { names: extension(oids.subjectAltName, uris(orders), true) }
    refused({ leaf: { subject: '' } })
    refused({ leaf: { extensions: critical } })
    assert.equal(verified({ leaf: { subject: '', extensions: critical } }).identity.id, orders)
  })

  test('3.2: the name of a signing certificate has no path, and it authenticates nobody', () => {
    refused({ issuing: { extensions: names('spiffe://shop.internal/service/issuer') } })
    refused({ root: { extensions: names('spiffe://shop.internal/root') } })
    const root = make('root', undefined)
    const issuing = make('issuing', root, { extensions: names(orders) })
    assert.throws(() => verify([issuing], root), { code: 'PEER' })
    assert.throws(() => verify([root], root), { code: 'PEER' })
    assert.throws(() => leafIdentity(issuing.certificate), { code: 'PEER' })
  })

  test('4.1: cA is true in signing certificates and false in leaves', () => {
    const leaf = { constraints: extension(oids.basicConstraints, sequence(), true) }
    for (const at of ['root', 'issuing'] as const) {
      refused({ [at]: { extensions: leaf } })
      refused({ [at]: { extensions: { constraints: null } } })
    }
    const authority = extension(oids.basicConstraints, sequence(Buffer.from([1, 1, 0xff])), true)
    refused({ leaf: { extensions: { constraints: authority } } })
    const written = extension(oids.basicConstraints, sequence(Buffer.from([1, 1, 0x01])), true)
    refused({ leaf: { extensions: { constraints: written } } })
  })

  test('4.1: a path no longer than its authorities allow', () => {
    const root = make('root', undefined)
    const first = make('issuing', root)
    const second = make('issuing', first, { subject: 'below' })
    const leaf = make('leaf', second)
    assert.throws(() => verify([leaf, second, first], root), { code: 'PEER' })
  })

  test('4.3: the key usage is there, and critical', () => {
    for (const at of ['root', 'issuing', 'leaf'] as const) {
      refused({ [at]: { extensions: { usage: null } } })
      refused({ [at]: { extensions: usage(at === 'leaf' ? 0x80 : 0x06, false) } })
    }
  })

  test('4.3: signing certificates may sign certificates; leaves may sign, and neither certificates nor lists', () => {
    for (const at of ['root', 'issuing'] as const) refused({ [at]: { extensions: usage(0x82) } })
    for (const value of [0x20, 0x84, 0x82, 0x86]) refused({ leaf: { extensions: usage(value) } })
    assert.equal(verified({ leaf: { extensions: usage(0xa8) } }).identity.id, orders)
  })

  test('4.4: an extended key usage holds both ends of a connection; it may be critical, or missing', () => {
    const purposes = (critical: boolean, ...list: readonly string[]) => ({
      purposes: extension(oids.extendedKeyUsage, sequence(...list.map(objectIdentifier)), critical),
    })
    refused({ leaf: { extensions: purposes(false, oids.serverAuth) } })
    refused({ leaf: { extensions: purposes(false, oids.clientAuth) } })
    refused({ leaf: { extensions: purposes(false, '2.5.29.37.0') } })
    refused({ leaf: { extensions: purposes(false) } })
    for (const extensions of [{ purposes: null }, purposes(true, oids.clientAuth, oids.serverAuth)])
      assert.equal(verified({ leaf: { extensions } }).identity.id, orders)
  })

  test('5.1: the path holds as RFC 5280 has it', () => {
    const root = make('root', undefined)
    const issuing = make('issuing', root)
    const leaf = make('leaf', issuing)
    const stranger = make('root', undefined)
    const failing: Readonly<Record<string, () => unknown>> = {
      'another root of the same name': () => verify([leaf, issuing], stranger),
      'without its issuer': () => verify([leaf], root),
      'in another order': () => verify([leaf, issuing, make('issuing', root)].toReversed(), root),
      'with a stranger between': () => verify([leaf, make('issuing', root)], root),
      'signed by the root itself, which names another': () =>
        verify([make('leaf', root, { issuer: 'issuing' })], root),
      'signed by a leaf': () => verify([make('leaf', leaf), leaf, issuing], root),
      'of itself': () => verify([make('leaf', undefined)], root),
      nothing: () => verify([], root),
      'longer than any': () => verify([leaf, issuing, issuing, issuing, issuing], root),
    }
    for (const [what, fails] of Object.entries(failing)) assert.throws(fails, { code: 'PEER' }, what)
    assert.equal(verify([leaf, issuing, root], root).identity.id, orders)
  })

  test('5.1: a certificate of another form is none', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey
    const shapes: Readonly<Record<string, Shape>> = {
      'version 1': { version: 1 },
      'serial number zero': { serial: integer(Buffer.from([0])) },
      'serial number negative': { serial: Buffer.from([0x02, 0x01, 0x80]) },
      'serial number of 21 bytes': { serial: integer(Buffer.alloc(21, 0x41)) },
      'an algorithm inside that is not the one outside': { innerAlgorithm: oids.sha256WithRsa },
      'a critical extension that nobody knows': { more: [extension('1.2.3.4', sequence(), true)] },
      'an extension that is never issued': { more: [extension('1.3.6.1.5.5.7.1.1', sequence())] },
      'constraints on names': { more: [extension('2.5.29.30', sequence(), true)] },
      'an extension twice': { more: [extension(oids.subjectAltName, uris(orders))] },
      'no key identifier of what signed it': { extensions: { authorityKey: null } },
      'another key identifier of what signed it': {
        extensions: {
          authorityKey: extension(
            oids.authorityKeyIdentifier,
            sequence(context(0, Buffer.alloc(20), { constructed: false })),
          ),
        },
      },
      'a malformed name': { extensions: { names: extension(oids.subjectAltName, Buffer.from([0x30, 5])) } },
    }
    for (const [what, shape] of Object.entries(shapes))
      assert.throws(() => verified({ leaf: shape }), { code: 'PEER' }, what)
    assert.throws(() => verified({ root: { key: weak } }), 'a weak key')
    assert.throws(() => verified({ issuing: { extensions: { subjectKey: null } } }), { code: 'PEER' })
  })
})

suite('a clock', () => {
  test('10 minutes behind is told, with what to do, and nothing is accepted', () => {
    const leaf = { begin: now + 9 * minute, end: now + 69 * minute }
    assert.throws(
      () => verified({ leaf }),
      (error: Error & { code?: string; fix?: string }) =>
        error.code === 'CLOCK' &&
        /not valid before 2026-06-01T12:09:00/.test(error.message) &&
        /clocks of both machines.*10 minutes/.test(error.fix ?? ''),
    )
    for (const at of ['issuing', 'root'] as const) refused({ [at]: leaf }, 'CLOCK')
  })

  test('10 minutes ahead ends what ends before', () => {
    for (const at of ['leaf', 'issuing', 'root'] as const) {
      assert.throws(
        () => verified({ [at]: { end: now + 9 * minute } }, now + 10 * minute),
        /ended at .*12:09:00/,
      )
      assert.equal(verified({ [at]: { end: now + 9 * minute } }).notAfter, now + 9 * minute)
    }
  })
})

suite('a peer that was verified once', () => {
  const root = make('root', undefined)
  const issuing = make('issuing', root)
  const peer = verify([make('leaf', issuing), issuing], root)
  const bundle = root.certificate.toString()
  const revoked = (list: { serials?: readonly string[]; identities?: readonly string[] }) => ({
    bundle,
    revoked: { serials: [], identities: [], apiKeys: [], ...list },
  })

  test('is not believed where its identity, its certificate or what issued it is revoked', () => {
    assert.doesNotThrow(() =>
      checkStillTrusted(peer, revoked({ identities: [`${orders}2`], serials: ['41'] })),
    )
    assert.throws(() => checkStillTrusted(peer, revoked({ identities: [orders] })), { code: 'REVOKED' })
    for (const serial of peer.serials)
      assert.throws(() => checkStillTrusted(peer, revoked({ serials: [serial] })), { code: 'REVOKED' })
  })

  test('is not believed where its root has gone', () => {
    const other = make('root', undefined).certificate.toString()
    assert.throws(() => checkStillTrusted(peer, { bundle: other }), { code: 'PEER' })
    assert.doesNotThrow(() => checkStillTrusted(peer, { bundle: `${other}${bundle}` }))
  })
})

test('a root of somebody else may say more of itself, but nothing critical, and no constraint on names', () => {
  const policies = extension('2.5.29.32', sequence())
  assert.doesNotThrow(() => checkRoot(make('root', undefined, { more: [policies] }).certificate, now))
  for (const more of [{ ...policies, critical: true }, extension('2.5.29.30', sequence())])
    assert.throws(() => checkRoot(make('root', undefined, { more: [more] }).certificate, now), {
      code: 'PEER',
    })
  assert.throws(() => checkRoot(make('issuing', undefined).certificate, now), { code: 'PEER' })
})
