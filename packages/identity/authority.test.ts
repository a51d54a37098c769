import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, createPublicKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
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
import { openAuthority } from './authority.ts'
import { readFacts } from './certificate-facts.ts'
import { IdentityRefusal } from './errors.ts'
import { createKey, proveKey } from './key.ts'
import { spiffeId } from './spiffe.ts'
import { certificatesOf, leafIdentity } from './peer.ts'
import { verifyPath } from './path.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-authority-'))
after(() => rmSync(folder, { recursive: true }))
const fresh = () => mkdtempSync(join(folder, 'a-'))
const hour = 3_600_000
const now = Date.UTC(2026, 5, 1, 12)
const clock = { now: () => now }
const place = join(folder, 'authority')
const authority = openAuthority(place, 'shop.internal', clock)
/** The same authority in another folder, for what a test changes. */
function copyOf(original: string): string {
  const path = fresh()
  cpSync(original, path, { recursive: true })
  return path
}
const identity = spiffeId('shop.internal', 'service', 'orders')

function proven(
  changes: { publicKey?: string; proof?: string; lifetimeMs?: number; challenge?: string } = {},
) {
  const { privateKey, publicKey } = createKey()
  return { publicKey, proof: proveKey(privateKey, publicKey), ...changes }
}

const openssl = spawnSync('openssl', ['version']).status === 0

function textOf(pem: string): string {
  const file = join(fresh(), 'certificate.pem')
  writeFileSync(file, pem)
  return execFileSync('openssl', ['x509', '-in', file, '-noout', '-text'], { encoding: 'utf8' })
}

suite('a certificate of the authority', () => {
  const issued = authority.issueWorkload({ ...proven(), identity })
  const leaf = new X509Certificate(issued.certificateChain)
  const root = new X509Certificate(authority.bundle)

  test('of a workload is what X509-SVID asks for: one URI, no authority, digital signature', () => {
    assert.equal(leaf.subjectAltName, `URI:${identity}`)
    assert.equal(leaf.ca, false)
    const { names, constraints, usage } = readFacts(leaf) ?? assert.fail()
    assert.deepEqual([constraints, usage], [{ authority: false, pathLength: undefined }, 0x80])
    assert.deepEqual(
      names.map(({ kind, bytes }) => [kind, bytes.toString()]),
      [[6, identity]],
    )
    assert.equal(leafIdentity(leaf).id, identity)
  })

  test('comes with what issued it, which the root has signed; the root itself signs no leaf', () => {
    const [first, issuing, ...more] = certificatesOf(issued.certificateChain)
    assert.ok(first !== undefined && issuing !== undefined && more.length === 0)
    assert.ok(leaf.verify(issuing.publicKey) && leaf.checkIssued(issuing))
    assert.ok(issuing.verify(root.publicKey) && issuing.checkIssued(root))
    assert.ok(!leaf.verify(root.publicKey))
    assert.deepEqual(certificatesOf(authority.bundle).length, 1)
    const foreign = openAuthority(fresh(), 'shop.internal', clock)
    const roots = certificatesOf(foreign.bundle)
    assert.throws(() => verifyPath([first, issuing], { roots, now }), { code: 'PEER' })
  })

  test('lives for an hour, begins a minute ago, and tells its end', () => {
    assert.equal(leaf.validFromDate.getTime(), now - 60_000)
    assert.equal(leaf.validToDate.getTime(), now + hour)
    assert.equal(issued.notAfter, now + hour)
  })

  test('lives as long as was asked for, at most 30 days, and never longer than what issued it', () => {
    const life = (lifetimeMs: number, at = authority) =>
      at.issueWorkload({ ...proven(), identity, lifetimeMs }).notAfter
    assert.equal(life(5_000), now + 5_000)
    assert.equal(life(365 * 24 * hour), now + 30 * 24 * hour)
    assert.equal(life(Infinity), now + 30 * 24 * hour)
    const end = root.validToDate.getTime()
    const late = openAuthority(copyOf(place), 'shop.internal', { now: () => end - hour })
    assert.equal(life(24 * hour, late), end)
  })

  test('has a serial number of 127 random bits', () => {
    const serials = Array.from(
      { length: 20 },
      () =>
        new X509Certificate(authority.issueWorkload({ ...proven(), identity }).certificateChain).serialNumber,
    )
    assert.equal(new Set(serials).size, 20)
    assert.ok(serials.every((serial) => /^[4-7][0-9A-F]{31}$/.test(serial)))
  })

  test('of a server names hosts and addresses, and no workload', () => {
    const names = ['shop.example', '127.0.0.1', '::1', '2001:db8::8:800:200c:417a', 'fe80::']
    const server = new X509Certificate(authority.issueServer({ ...proven(), names }).certificateChain)
    assert.match(
      server.subjectAltName ?? '',
      /^DNS:shop\.example, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:8:800:200C:417A, IP Address:FE80:0:0:0:0:0:0:0$/,
    )
    assert.equal(server.checkHost('shop.example'), 'shop.example')
    assert.ok(server.checkIP('::1'))
    assert.throws(() => leafIdentity(server), { code: 'PEER' })
  })

  test('of the root may sign one level of authorities, and is the one of nobody', () => {
    assert.ok(root.ca && root.verify(root.publicKey))
    assert.throws(() => leafIdentity(root), { code: 'PEER' })
    assert.equal(root.subjectAltName, 'URI:spiffe://shop.internal')
  })

  test('reads the same in another library', { skip: openssl ? false : 'no openssl' }, () => {
    const text = textOf(issued.certificateChain)
    const expected = [
      /Version: 3 \(0x2\)/,
      /Signature Algorithm: ecdsa-with-SHA256/,
      /ASN1 OID: prime256v1/,
      /X509v3 Basic Constraints: critical\s+CA:FALSE/,
      /X509v3 Key Usage: critical\s+Digital Signature\n/,
      /X509v3 Extended Key Usage: \n\s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
      /X509v3 Subject Alternative Name: \n\s+URI:spiffe:\/\/shop\.internal\/service\/orders\n/,
      /Not Before: Jun  1 11:59:00 2026 GMT/,
      /Not After : Jun  1 13:00:00 2026 GMT/,
    ]
    for (const part of expected) assert.match(text, part)
    const own = textOf(authority.bundle)
    assert.match(own, /X509v3 Basic Constraints: critical\s+CA:TRUE, pathlen:1/)
    const issuer = textOf(certificatesOf(issued.certificateChain)[1]?.toString() ?? '')
    assert.match(issuer, /X509v3 Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    assert.match(own, /X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign\n/)
    const key = /Subject Key Identifier: \n\s+(\S+)/.exec(issuer)?.[1]
    assert.ok(key !== undefined && text.includes(`Authority Key Identifier: \n                ${key}`))
    assert.match(
      textOf(authority.issueServer({ ...proven(), names: ['shop.example'] }).certificateChain),
      /Extended Key Usage: \n\s+TLS Web Server Authentication\n/,
    )
  })

  test('holds in another library', { skip: openssl ? false : 'no openssl' }, () => {
    const files = fresh()
    writeFileSync(join(files, 'ca.pem'), authority.bundle)
    writeFileSync(join(files, 'leaf.pem'), issued.certificateChain)
    writeFileSync(join(files, 'issuing.pem'), certificatesOf(issued.certificateChain)[1]?.toString() ?? '')
    const verify = (...more: readonly string[]) =>
      spawnSync(
        'openssl',
        [
          'verify',
          '-x509_strict',
          '-CAfile',
          join(files, 'ca.pem'),
          '-untrusted',
          join(files, 'issuing.pem'),
          '-attime',
          String(now / 1_000),
          ...more,
          join(files, 'leaf.pem'),
        ],
        { encoding: 'utf8' },
      )
    assert.equal(verify().status, 0, verify().stderr)
    assert.equal(verify('-purpose', 'sslclient').status, 0)
    assert.notEqual(
      spawnSync('openssl', [
        'verify',
        '-CAfile',
        join(files, 'ca.pem'),
        '-untrusted',
        join(files, 'issuing.pem'),
        '-attime',
        String((now + 2 * hour) / 1_000),
        join(files, 'leaf.pem'),
      ]).status,
      0,
    )
  })
})

suite('a request for a certificate', () => {
  const refused = (work: () => unknown, code = 'KEY_PROOF') =>
    assert.throws(work, (error) => error instanceof IdentityRefusal && error.code === code)
  const ask = (changes: { publicKey?: string; proof?: string; challenge?: string }) => () =>
    authority.issueWorkload({ ...proven(changes), identity })

  test('needs the proof of its own private key', () => {
    const stranger = createKey()
    refused(ask({ proof: '' }))
    refused(ask({ proof: 'AAAA' }))
    refused(ask({ proof: proven().proof }))
    refused(ask({ publicKey: stranger.publicKey }))
    refused(ask({ proof: 'x'.repeat(1_000_000) }))
    const { privateKey, publicKey } = createKey()
    // The key signed something, but not this: no prefix, another hash.
    refused(ask({ publicKey, proof: sign('sha256', Buffer.from(publicKey), privateKey).toString('base64') }))
    // For another challenge, and for none where there is one.
    refused(ask({ publicKey, proof: proveKey(privateKey, publicKey, 'another') }))
    refused(ask({ publicKey, proof: proveKey(privateKey, publicKey), challenge: 'this one' }))
    refused(
      ask({
        publicKey,
        proof: sign(
          'sha512',
          Buffer.from(`plimsoll certificate request\n\n${publicKey}`),
          privateKey,
        ).toString('base64'),
      }),
    )
    const flipped = Buffer.from(proveKey(privateKey, publicKey), 'base64')
    flipped.writeUInt8(flipped.readUInt8(10) ^ 1, 10)
    refused(ask({ publicKey, proof: flipped.toString('base64') }))
  })

  test('is for a key on P-256 alone', () => {
    const others = [
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('rsa', { modulusLength: 2_048 }),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ]
    for (const { publicKey } of others)
      refused(ask({ publicKey: publicKey.export({ type: 'spki', format: 'pem' }) }))
    for (const publicKey of [
      '',
      'key',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
      'x'.repeat(5_000),
      createKey().privateKey,
    ])
      refused(ask({ publicKey }))
  })

  test('is for an identity of this trust domain, and for 1 to 20 hosts', () => {
    refused(
      () =>
        authority.issueWorkload({ ...proven(), identity: spiffeId('other.internal', 'service', 'orders') }),
      'SPIFFE_ID',
    )
    refused(
      () => authority.issueWorkload({ ...proven(), identity: 'spiffe://shop.internal/service/a/b' }),
      'SPIFFE_ID',
    )
    for (const names of [
      [],
      Array.from({ length: 21 }, (_, at) => `h${at}`),
      ['a b'],
      ['a\u0000.shop'],
      ['*'],
      ['spiffe://x/y'],
      ['ä.shop'],
      ['a'.repeat(254)],
      ['a,URI:spiffe'],
      [''],
    ]) {
      refused(() => authority.issueServer({ ...proven(), names }), 'PEER')
    }
  })
})

suite('the authority’s file', () => {
  test('is for its owner alone, and the same at every start; the root’s key lies apart', () => {
    const [root] = readdirSync(join(place, 'roots'))
    for (const file of ['authority.json', join('roots', root ?? '')])
      assert.equal(statSync(join(place, file)).mode & 0o777, 0o600)
    for (const path of [place, join(place, 'roots')]) assert.equal(statSync(path).mode & 0o777, 0o700)
    assert.deepEqual(readdirSync(place), ['authority.json', 'roots'])
    assert.equal(openAuthority(place, 'shop.internal', clock).bundle, authority.bundle)
  })

  test('is made once, also by two processes that come first at once', async () => {
    const shared = fresh()
    const program = `import { openAuthority } from ${JSON.stringify(join(import.meta.dirname, 'authority.ts'))}
      process.stdout.write(openAuthority(${JSON.stringify(shared)}, 'shop.internal').bundle)`
    const { spawn } = await import('node:child_process')
    const bundles = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let text = ''
        for await (const chunk of child.stdout) text += String(chunk)
        return text
      }),
    )
    assert.equal(new Set(bundles).size, 1)
    assert.deepEqual(readdirSync(shared), ['authority.json', 'roots'])
    assert.equal(readdirSync(join(shared, 'roots')).length, 1)
  })

  const opened =
    (path: string, domain = 'shop.internal') =>
    () =>
      openAuthority(path, domain, clock)
  const copied = (change: (file: string) => void) => {
    const path = fresh()
    const file = join(path, 'authority.json')
    writeFileSync(file, readFileSync(join(place, 'authority.json')), { mode: 0o600 })
    change(file)
    return opened(path)
  }

  test('is not used, and not replaced, where it is damaged', () => {
    const text = readFileSync(join(place, 'authority.json'), 'utf8')
    const stranger = openAuthority(fresh(), 'shop.internal', clock)
    const other = JSON.stringify(
      certificatesOf(stranger.issueWorkload({ ...proven(), identity }).certificateChain)[1]?.toString(),
    )
    const damages: Readonly<Record<string, (file: string) => void>> = {
      empty: (file) => truncateSync(file, 0),
      cut: (file) => truncateSync(file, text.length - 200),
      nonsense: (file) => writeFileSync(file, 'nonsense'),
      'another root': (file) =>
        writeFileSync(file, text.replace(/"root": "[^"]*"/, `"root": ${JSON.stringify(stranger.bundle)}`)),
      'another issuing certificate': (file) =>
        writeFileSync(file, text.replace(/"certificate": "[^"]*"/, `"certificate": ${other}`)),
      'without its key': (file) => writeFileSync(file, text.replace(/-----BEGIN PRIVATE[^"]*/, '')),
      'nothing active': (file) => writeFileSync(file, text.replace('"active"', '"former"')),
      'no epoch': (file) => writeFileSync(file, text.replace(/"epoch": \d+/, '"epoch": "1"')),
    }
    for (const [what, damage] of Object.entries(damages)) {
      let left = ''
      const open = copied((file) => {
        damage(file)
        left = file
      })
      const before = readFileSync(left)
      assert.throws(open, { code: 'AUTHORITY', place: { file: left } }, what)
      assert.deepEqual(readFileSync(left), before, what)
    }
  })

  test('of another trust domain is not used', () => {
    assert.throws(opened(place, 'other.internal'), { code: 'AUTHORITY' })
    assert.throws(opened(place, 'shop'), { code: 'AUTHORITY' })
    assert.throws(opened(fresh(), 'Shop Internal'), { code: 'SPIFFE_ID' })
    assert.throws(opened(fresh(), 'shop\ntrust domain: other'), { code: 'SPIFFE_ID' })
  })

  test('that others may read, or that is a link or a pipe, is not used', () => {
    for (const mode of [0o644, 0o640, 0o604, 0o660])
      assert.throws(
        copied((file) => chmodSync(file, mode)),
        { code: 'KEY_FILE' },
      )
    const linked = copied((file) => {
      rmSync(file)
      symlinkSync(join(place, 'authority.json'), file)
    })
    assert.throws(linked, { code: 'KEY_FILE' })
    const dangling = fresh()
    symlinkSync(join(dangling, 'elsewhere'), join(dangling, 'authority.json'))
    assert.throws(opened(dangling), { code: 'KEY_FILE' })
    assert.ok(!existsSync(join(dangling, 'elsewhere')))
    const inFolder = fresh()
    mkdirSync(join(inFolder, 'authority.json'), { mode: 0o700 })
    assert.throws(opened(inFolder), { code: 'KEY_FILE' })
    if (process.platform !== 'win32') {
      const piped = fresh()
      execFileSync('mkfifo', ['-m', '600', join(piped, 'authority.json')])
      assert.throws(opened(piped), { code: 'KEY_FILE' })
    }
  })

  test('in a folder that others may enter is not used', () => {
    const open = fresh()
    chmodSync(open, 0o755)
    assert.throws(opened(open), { code: 'KEY_FILE', place: { file: open } })
    assert.deepEqual(readdirSync(open), [])
  })

  test('after its own end, without its root’s key, issues nothing', () => {
    const end = new X509Certificate(authority.bundle).validToDate.getTime()
    const path = copyOf(place)
    rmSync(join(path, 'roots'), { recursive: true })
    const late = openAuthority(path, 'shop.internal', { now: () => end })
    assert.throws(() => late.issueWorkload({ ...proven(), identity }), { code: 'AUTHORITY' })
    assert.throws(() => late.issueServer({ ...proven(), names: ['localhost'] }), { code: 'AUTHORITY' })
  })
})

test(
  'a key is named by the hash of its bits, as RFC 5280 has it',
  { skip: openssl ? false : 'no openssl' },
  () => {
    const der = createPublicKey(
      new X509Certificate(authority.bundle).publicKey.export({ type: 'spki', format: 'pem' }),
    ).export({ type: 'spki', format: 'der' })
    const expected = createHash('sha1')
      .update(der.subarray(-65))
      .digest('hex')
      .toUpperCase()
      .match(/../g)
      ?.join(':')
    assert.ok(textOf(authority.bundle).includes(expected ?? assert.fail()))
  },
)
