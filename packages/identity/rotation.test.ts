import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto'
import { openAuthority, type Authority } from './authority.ts'
import { createKey, proveKey } from './key.ts'
import { certificatesOf, verifyPeer } from './peer.ts'
import { createSigningKey } from './signing-key.ts'
import { parseSpiffeId, spiffeId } from './spiffe.ts'
import { make, now as begin } from './testing/chain.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rotation-'))
after(() => rmSync(folder, { recursive: true }))
const fresh = () => mkdtempSync(join(folder, 'a-'))
const domain = 'shop.internal'
const orders = spiffeId(domain, 'service', 'orders')
const day = 24 * 3_600_000

function issue(authority: Authority) {
  const { privateKey, publicKey } = createKey()
  return authority.issueWorkload({ publicKey, proof: proveKey(privateKey, publicKey), identity: orders })
}

/** True where a chain that was issued is believed by whoever has a bundle. */
function believed(chain: string, { bundle, trust: { revoked } }: Authority, now = begin): boolean {
  try {
    verifyPeer(certificatesOf(chain), { bundle, revoked, identity: parseSpiffeId(orders) }, now)
    return true
  } catch {
    return false
  }
}

const statuses = ({ authorities }: Authority) => authorities.map(({ status }) => status)
const clockAt = (time: number) => ({ now: () => time })
const open = (path = fresh(), time = begin) => openAuthority(path, domain, clockAt(time))

suite('a rotation of the authority', () => {
  test('prepares, activates, taints, revokes; what is issued is believed from before to after', () => {
    const authority = open()
    const [first] = authority.authorities
    const former = issue(authority)
    const second = authority.rotate('prepare')
    assert.deepEqual(statuses(authority), ['active', 'prepared'])
    assert.equal(certificatesOf(authority.bundle).length, 2)
    assert.equal(issue(authority).authority, first?.id)
    assert.equal(authority.rotate('activate'), second)
    assert.deepEqual(statuses(authority), ['former', 'active'])
    const next = issue(authority)
    assert.equal(next.authority, second)
    assert.ok([former, next].every(({ certificateChain }) => believed(certificateChain, authority)))
    assert.equal(authority.rotate('taint'), first?.id)
    assert.deepEqual(authority.trust.tainted, [first?.id])
    assert.ok(believed(former.certificateChain, authority))
    assert.equal(authority.rotate('revoke'), first?.id)
    assert.deepEqual([statuses(authority), authority.trust.tainted], [['active'], []])
    assert.ok(!believed(former.certificateChain, authority))
    assert.ok(believed(next.certificateChain, authority))
  })

  test('keeps its place over a restart, tells each change with a higher epoch, and leaves no key of a revoked root', () => {
    const path = fresh()
    const authority = open(path)
    const epochs: number[] = []
    authority.onChange(() => epochs.push(authority.trust.epoch))
    for (const step of ['prepare', 'activate', 'taint'] as const) authority.rotate(step)
    const again = open(path)
    assert.deepEqual(again.trust, authority.trust)
    assert.deepEqual(statuses(again), ['tainted', 'active'])
    again.rotate('revoke')
    assert.deepEqual(epochs, [2, 3, 4])
    assert.equal(again.trust.epoch, 5)
    assert.deepEqual(readdirSync(join(path, 'roots')), [`${again.authorities[0]?.id ?? ''}.key`])
  })

  test('takes no step out of its order', () => {
    const authority = open()
    const [first] = authority.authorities
    const refused = (work: () => unknown) =>
      assert.throws(work, { name: 'IdentityRefusal', code: 'ROTATION' })
    for (const step of ['activate', 'taint', 'revoke'] as const) {
      refused(() => authority.rotate(step))
      refused(() => authority.rotate(step, first?.id))
      refused(() => authority.rotate(step, '0123456789abcdef'))
    }
    const second = authority.rotate('prepare')
    assert.equal(authority.rotate('prepare'), second)
    refused(() => authority.rotate('revoke'))
    refused(() => authority.rotate('taint', second))
    authority.rotate('activate')
    refused(() => authority.rotate('revoke', first?.id))
    assert.deepEqual(statuses(authority), ['former', 'active'])
  })

  test('goes back to the former authority, and gives up a prepared one by its name', () => {
    const authority = open()
    const [first] = authority.authorities
    const second = authority.rotate('prepare')
    authority.rotate('activate')
    authority.rotate('activate', first?.id)
    assert.deepEqual(statuses(authority), ['active', 'former'])
    authority.rotate('taint', second)
    authority.rotate('revoke')
    const third = authority.rotate('prepare')
    authority.rotate('revoke', third)
    assert.deepEqual(
      authority.authorities.map(({ id }) => id),
      [first?.id],
    )
  })
})

suite('what issues for a root', () => {
  test('is renewed in the second half of its life, under the same root', () => {
    const path = fresh()
    const first = certificatesOf(issue(open(path)).certificateChain)[1]
    const later = open(path, begin + 50 * day)
    const issued = issue(later)
    const second = certificatesOf(issued.certificateChain)[1]
    assert.notEqual(first?.fingerprint256, second?.fingerprint256)
    assert.equal(first?.issuer, second?.issuer)
    assert.ok(believed(issued.certificateChain, later, begin + 50 * day))
  })

  test('goes on without the root’s key until its own end, then says what to do', () => {
    const path = fresh()
    const { authorities } = open(path)
    rmSync(join(path, 'roots'), { recursive: true })
    const end = authorities[0]?.issuingEnds ?? 0
    assert.equal(issue(open(path, end - day)).authority, authorities[0]?.id)
    const late = open(path, end)
    assert.throws(
      () => issue(late),
      (error: Error & { fix?: string }) => /bring the root’s key back/.test(error.fix ?? ''),
    )
    // Prepared without it all the same: another root has a key of its own.
    late.rotate('prepare')
    late.rotate('activate')
    assert.ok(issue(late).certificateChain.length > 0)
  })
})

suite('a root that somebody else made', () => {
  /** A pair as an organisation’s own authority would hand it over. */
  function external(path: string, key?: KeyObject, mode = 0o600): X509Certificate {
    const root = make('root', undefined, {
      ...(key && { key }),
      subject: 'the house',
      end: begin + 300 * day,
    })
    mkdirSync(join(path, 'external'), { mode: 0o700, recursive: true })
    const write = (name: string, text: string) => writeFileSync(join(path, 'external', name), text, { mode })
    write('root.pem', root.certificate.toString())
    write('root.key', root.key.export({ type: 'pkcs8', format: 'pem' }))
    return root.certificate
  }

  test('is the first root where its pair lies there; its key may go when what issues for it is made', () => {
    const path = fresh()
    const root = external(path)
    const authority = open(path)
    assert.equal(certificatesOf(authority.bundle)[0]?.fingerprint256, root.fingerprint256)
    rmSync(join(path, 'external/root.key'))
    const again = open(path)
    assert.ok(believed(issue(again).certificateChain, again))
    assert.throws(() => readdirSync(join(path, 'roots')), { code: 'ENOENT' })
  })

  test('is the next root; the same pair is not taken twice', () => {
    const path = fresh()
    const authority = open(path)
    const root = external(path)
    authority.rotate('prepare')
    assert.equal(certificatesOf(authority.bundle)[1]?.fingerprint256, root.fingerprint256)
    authority.rotate('activate')
    assert.ok(believed(issue(authority).certificateChain, authority))
    assert.throws(() => authority.rotate('prepare'), { code: 'AUTHORITY' })
    rmSync(join(path, 'external'), { recursive: true })
    assert.match(authority.rotate('prepare'), /^[0-9a-f]{16}$/)
  })

  test('may have a key on P-384, and then signs with a hash as strong', () => {
    const path = fresh()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const root = make('root', undefined, { key: privateKey })
    assert.ok(root.certificate.verify(root.certificate.publicKey))
    external(path, privateKey)
    const authority = open(path)
    assert.ok(believed(issue(authority).certificateChain, authority))
  })

  test('is not used where it is no root, has another key, or lies open', () => {
    const paths: Readonly<Record<string, (path: string) => void>> = {
      'a leaf': (path) => {
        const leaf = make('leaf', undefined)
        writeFileSync(join(path, 'external/root.pem'), leaf.certificate.toString(), { mode: 0o600 })
      },
      'another key': (path) =>
        writeFileSync(join(path, 'external/root.key'), createKey().privateKey, { mode: 0o600 }),
      'no key': (path) => rmSync(join(path, 'external/root.key')),
      nonsense: (path) => writeFileSync(join(path, 'external/root.pem'), 'nonsense', { mode: 0o600 }),
    }
    for (const [what, spoil] of Object.entries(paths)) {
      const path = fresh()
      external(path)
      spoil(path)
      assert.throws(() => open(path), { name: 'IdentityFailure', code: 'AUTHORITY' }, what)
    }
    const path = fresh()
    external(path)
    chmodSync(join(path, 'external/root.key'), 0o644)
    assert.throws(() => open(path), { code: 'KEY_FILE' })
  })

  test('made by OpenSSL, with RSA, is one as well', { skip: process.platform === 'win32' }, () => {
    const path = fresh()
    mkdirSync(join(path, 'external'), { mode: 0o700 })
    const pair = ['-keyout', join(path, 'external/root.key'), '-out', join(path, 'external/root.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-noenc',
        '-days',
        '3000',
        '-subj',
        '/CN=The house',
        ...pair,
      ].concat([
        '-addext',
        'basicConstraints=critical,CA:true',
        '-addext',
        'keyUsage=critical,keyCertSign,cRLSign',
      ]),
      { stdio: 'ignore' },
    )
    for (const name of ['root.key', 'root.pem']) chmodSync(join(path, 'external', name), 0o600)
    const now = Date.now()
    const authority = open(path, now)
    assert.ok(believed(issue(authority).certificateChain, authority, now))
  })
})

suite('revocation', () => {
  test('of an identity ends its certificates and gives it no more, until it is restored', () => {
    const authority = open()
    const { certificateChain } = issue(authority)
    authority.revoke({ identity: orders })
    assert.ok(!believed(certificateChain, authority))
    assert.throws(() => issue(authority), { code: 'REVOKED' })
    authority.restore(orders)
    assert.ok(believed(certificateChain, authority))
    assert.ok(believed(issue(authority).certificateChain, authority))
  })

  test('of a serial number ends that certificate alone; it is remembered until no certificate can be as old', () => {
    const path = fresh()
    const authority = open(path)
    const [one, other] = [issue(authority), issue(authority)]
    authority.revoke({ serial: new X509Certificate(one.certificateChain).serialNumber.toLowerCase() })
    assert.ok(!believed(one.certificateChain, authority))
    assert.ok(believed(other.certificateChain, authority))
    for (const serial of ['', 'xyz', 'a'.repeat(41)])
      assert.throws(() => authority.revoke({ serial }), { code: 'ROTATION' })
    const later = open(path, begin + 31 * day)
    later.revoke({ serial: 'ab' })
    assert.deepEqual(later.trust.revoked.serials, ['AB'])
  })

  test('of a gateway ends the tokens that it signed, wherever they are', () => {
    const authority = open()
    const issuer = spiffeId(domain, 'gateway', 'front')
    authority.admitSubjectKey({ publicKey: createSigningKey().publicKey, issuer })
    assert.equal(authority.trust.subjectKeys.length, 1)
    authority.revoke({ identity: issuer })
    assert.deepEqual(authority.trust.subjectKeys, [])
    authority.restore(issuer)
    assert.equal(authority.trust.subjectKeys.length, 1)
  })

  test('is there after a restart, and survives a copy of the folder', () => {
    const path = fresh()
    open(path).revoke({ identity: orders })
    const copy = fresh()
    cpSync(path, copy, { recursive: true })
    assert.throws(() => issue(open(copy)), { code: 'REVOKED' })
    assert.ok(readFileSync(join(copy, 'authority.json'), 'utf8').includes(orders))
  })
})
