import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { connect, createServer, type ConnectionOptions, type TLSSocket, type TlsOptions } from 'node:tls'
import { openAuthority, type Authority } from './authority.ts'
import { writeCertificate, type Profile } from './certificate.ts'
import { readCredentials } from './credentials.ts'
import { createKey, proveKey } from './key.ts'
import { spiffeId } from './spiffe.ts'
import { leafIdentity, peerOf } from './peer.ts'
import { clientTls, outerTls, serverTls } from './tls.ts'
import type { Credentials, Identity, SpiffeId } from './types.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-identity-'))
after(() => rmSync(folder, { recursive: true }))
const authority = openAuthority(join(folder, 'authority'), 'shop.internal')
const foreign = openAuthority(join(folder, 'foreign'), 'shop.internal')

function credentialsOf(name: string, options: { from?: Authority; lifetimeMs?: number } = {}): Credentials {
  const { privateKey, publicKey } = createKey()
  const from = options.from ?? authority
  const { certificateChain } = from.issueWorkload({
    publicKey,
    proof: proveKey(privateKey, publicKey),
    identity: spiffeId('shop.internal', 'service', name),
    lifetimeMs: options.lifetimeMs,
  })
  return readCredentials({ certificateChain, privateKey, bundle: from.bundle })
}

/** A leaf that the real authority's key signed, of any shape. */
function forged(profile: Profile): Credentials {
  const { authorities } = JSON.parse(readFileSync(join(folder, 'authority/authority.json'), 'utf8')) as {
    authorities: [{ issuing: { certificate: string; privateKey: string } }]
  }
  const [{ issuing }] = authorities
  const { privateKey, publicKey } = createKey()
  const leaf = writeCertificate(
    {
      profile,
      publicKey: createPublicKey(publicKey),
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 60_000,
    },
    {
      privateKey: createPrivateKey(issuing.privateKey),
      certificate: new X509Certificate(issuing.certificate),
    },
  )
  const identity: Identity = {
    id: 'spiffe://shop.internal/service/orders',
    trustDomain: 'shop.internal',
    kind: 'service',
    name: 'orders',
  }
  const certificateChain = `${leaf}${issuing.certificate}`
  return { identity, certificateChain, privateKey, bundle: authority.bundle, notAfter: Date.now() + 60_000 }
}

/** What the server makes of the client, and the client of the server. */
async function meet(
  server: TlsOptions,
  client: ConnectionOptions,
): Promise<{ server: string; client: string }> {
  const listener = createServer(server)
  const seen = new Promise<string>((resolve) => {
    listener.on('secureConnection', (socket: TLSSocket) => {
      try {
        resolve(peerOf(socket, credentialsOf('orders')).identity.id)
      } catch (error) {
        resolve(`refused: ${(error as Error).message}`)
      }
      socket.on('error', () => {})
      socket.end('welcome')
    })
    listener.on('tlsClientError', (error) => resolve(`refused: ${error.message}`))
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const socket = connect({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port, ...client })
  const outcome = await new Promise<string>((resolve) => {
    socket.on('data', (data) => resolve(String(data)))
    socket.on('error', (error) => resolve(`refused: ${error.message}`))
    socket.on('close', () => resolve('refused: closed'))
  })
  const server_ = outcome.startsWith('refused: the peer') ? 'not asked' : await seen
  socket.destroy()
  listener.close()
  await once(listener, 'close')
  return { server: server_, client: outcome }
}

const orders = spiffeId('shop.internal', 'service', 'orders')

suite('mutual TLS between workloads', () => {
  test('two workloads of one authority know each other by name', async () => {
    const met = await meet(serverTls(credentialsOf('orders')), clientTls(credentialsOf('storefront'), orders))
    assert.deepEqual(met, { server: 'spiffe://shop.internal/service/storefront', client: 'welcome' })
  })

  const strangers: Readonly<Record<string, () => ConnectionOptions>> = {
    'a workload of another authority': () =>
      clientTls(credentialsOf('storefront', { from: foreign }), orders),
    'nobody: no certificate': () => ({ ca: authority.bundle, checkServerIdentity: () => undefined }),
    'an expired certificate': () => clientTls(credentialsOf('storefront', { lifetimeMs: -1000 }), orders),
    'TLS 1.2': () => {
      const { certificateChain, privateKey, bundle } = credentialsOf('storefront')
      return {
        cert: certificateChain,
        key: privateKey,
        ca: bundle,
        maxVersion: 'TLSv1.2',
        checkServerIdentity: () => undefined,
      }
    },
    'two names': () =>
      clientTls(forged({ kind: 'workload', uris: [orders, 'spiffe://shop.internal/service/admin'] }), orders),
    'no name': () => clientTls(forged({ kind: 'workload', uris: [] }), orders),
    'another trust domain': () =>
      clientTls(forged({ kind: 'workload', uris: ['spiffe://elsewhere/service/orders'] }), orders),
    'a name with a query': () =>
      clientTls(forged({ kind: 'workload', uris: ['spiffe://shop.internal/service/orders?x'] }), orders),
    'a server certificate': () => clientTls(forged({ kind: 'server', names: ['orders'] }), orders),
    'an authority': () => clientTls(forged({ kind: 'issuing', commonName: 'orders', uri: orders }), orders),
  }
  for (const [who, client] of Object.entries(strangers)) {
    test(`the server refuses ${who}`, async () => {
      const met = await meet(serverTls(credentialsOf('orders')), client())
      assert.match(met.server, /^refused/)
    })
  }

  test('the client refuses another workload than the one it calls', async () => {
    const met = await meet(
      serverTls(credentialsOf('pricing')),
      clientTls(credentialsOf('storefront'), orders),
    )
    assert.match(met.client, /another workload/)
  })

  test('the client refuses a server of another authority', async () => {
    const met = await meet(
      { ...serverTls(credentialsOf('orders', { from: foreign })), rejectUnauthorized: false },
      clientTls(credentialsOf('storefront'), orders),
    )
    assert.match(met.client, /^refused/)
  })
})

suite('certificates as others read them', () => {
  test('OpenSSL verifies a workload certificate against the authority', () => {
    const { certificateChain, bundle } = credentialsOf('orders')
    writeFileSync(join(folder, 'ca.pem'), bundle)
    writeFileSync(join(folder, 'leaf.pem'), certificateChain)
    const verified = execFileSync('openssl', [
      'verify',
      '-x509_strict',
      '-CAfile',
      join(folder, 'ca.pem'),
      '-untrusted',
      join(folder, 'leaf.pem'),
      join(folder, 'leaf.pem'),
    ])
    assert.match(String(verified), /leaf\.pem: OK/)
    const text = String(execFileSync('openssl', ['x509', '-in', join(folder, 'leaf.pem'), '-noout', '-text']))
    assert.match(text, /URI:spiffe:\/\/shop\.internal\/service\/orders/)
    assert.match(text, /CA:FALSE/)
    assert.match(text, /Digital Signature\n/)
  })

  test('a server certificate is good for its names and addresses', async () => {
    const { privateKey, publicKey } = createKey()
    const { certificateChain } = authority.issueServer({
      publicKey,
      proof: proveKey(privateKey, publicKey),
      names: ['localhost', '127.0.0.1', '::1'],
    })
    const leaf = new X509Certificate(certificateChain)
    assert.equal(leaf.checkHost('localhost'), 'localhost')
    assert.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1')
    assert.equal(leaf.checkIP('::1'), '::1')
    assert.throws(() => leafIdentity(leaf), { code: 'PEER' })
    const met = await meet(outerTls({ certificateChain, privateKey }), {
      ca: authority.bundle,
      servername: 'localhost',
    })
    assert.equal(met.client, 'welcome')
  })
})

suite('the authority', () => {
  test('is the same for everybody who opens its folder', () => {
    assert.equal(openAuthority(join(folder, 'authority'), 'shop.internal').bundle, authority.bundle)
  })

  test('is not opened for another trust domain', () => {
    assert.throws(() => openAuthority(join(folder, 'authority'), 'elsewhere'), { code: 'AUTHORITY' })
  })

  test('certifies no key without a proof, and nobody of another trust domain', () => {
    const { privateKey, publicKey } = createKey()
    const other = createKey()
    const identity = spiffeId('shop.internal', 'service', 'orders')
    const proof = proveKey(other.privateKey, publicKey)
    assert.throws(() => authority.issueWorkload({ publicKey, proof, identity }), { code: 'KEY_PROOF' })
    const good = { publicKey, proof: proveKey(privateKey, publicKey) }
    const elsewhere: SpiffeId = 'spiffe://elsewhere/service/orders'
    assert.throws(() => authority.issueWorkload({ ...good, identity: elsewhere }), { code: 'SPIFFE_ID' })
  })

  test('does not work from a folder that others may read', () => {
    execFileSync('chmod', ['755', join(folder, 'foreign')])
    assert.throws(() => openAuthority(join(folder, 'foreign'), 'shop.internal'), { code: 'KEY_FILE' })
    execFileSync('chmod', ['700', join(folder, 'foreign')])
  })
})
