// Chains of x509-limbo (C2SP) through the verification of a peer. Needs the corpus, which is no part of the repository.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { suite, test } from 'node:test'
import { verifyPath } from './path.ts'
import { leafIdentity, verifyPeer } from './peer.ts'
import { parseSpiffeId } from './spiffe.ts'

const corpus = resolve(import.meta.dirname, '../..', process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus')
const file = join(corpus, 'x509-limbo/limbo.json')

interface Case {
  readonly id: string
  readonly trusted_certs: readonly string[]
  readonly untrusted_intermediates: readonly string[]
  readonly peer_certificate: string
  readonly validation_time: string | null
  readonly expected_result: 'SUCCESS' | 'FAILURE'
}

const skip = existsSync(file)
  ? false
  : 'the corpus x509-limbo is not here; PLIMSOLL_CORPUS says where it lies'
const cases =
  skip === false ? (JSON.parse(readFileSync(file, 'utf8')) as { testcases: Case[] }).testcases : []

/** Why a chain is refused; undefined where it is accepted. */
function objectionTo(one: Case, verify: (chain: X509Certificate[], bundle: string, now: number) => unknown) {
  try {
    const chain = [one.peer_certificate, ...one.untrusted_intermediates].map(
      (pem) => new X509Certificate(pem),
    )
    const now = one.validation_time === null ? Date.now() : Date.parse(one.validation_time)
    verify(chain, one.trusted_certs.join(''), now)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const asPeer = (one: Case) =>
  objectionTo(one, (chain, bundle, now) => {
    verifyPeer(chain, { bundle, identity: parseSpiffeId('spiffe://example.com/service/limbo') }, now)
  })

/** The path alone, as if the name in the leaf were the one of a workload. */
const asPath = (one: Case) =>
  objectionTo(one, (chain, bundle, now) => {
    const roots = bundle.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []
    verifyPath(chain, { roots: roots.map((pem) => new X509Certificate(pem)), now })
  })

suite('chains of x509-limbo', { skip }, () => {
  const bad = cases.filter(({ expected_result }) => expected_result === 'FAILURE')
  const good = cases.filter(({ expected_result }) => expected_result === 'SUCCESS')

  test('of the bad ones, none is a peer', (context) => {
    const accepted = bad.filter((one) => asPeer(one) === undefined)
    context.diagnostic(`${accepted.length} of ${bad.length} bad chains accepted`)
    assert.deepEqual(accepted, [])
  })

  test('of the bad ones, the path alone refuses all but those whose fault is in the leaf: its name or what it is for', (context) => {
    const passed = bad.filter((one) => asPath(one) === undefined)
    context.diagnostic(`${passed.length} of ${bad.length}: ${passed.map(({ id }) => id).join(', ')}`)
    for (const one of passed) {
      assert.throws(() => leafIdentity(new X509Certificate(one.peer_certificate)), { code: 'PEER' }, one.id)
    }
    const elsewhere = passed.filter(
      ({ id }) => !/::(san|eku|nc)::|max-chain-depth|ku-keycertsign|basicconstraints-ca/.test(id),
    )
    assert.deepEqual(
      elsewhere.map(({ id }) => id),
      [],
    )
  })

  test('of the good ones, those are refused that no workload needs: names of hosts, public certificates, other paths', (context) => {
    // They name hosts, so that none of them is a workload; the path alone tells what else is narrower here.
    assert.ok(good.every((one) => asPeer(one) !== undefined))
    const refused = good
      .map((one) => ({ id: one.id, why: asPath(one) }))
      .filter(({ why }) => why !== undefined)
    for (const { id, why } of refused) context.diagnostic(`${id}: ${why ?? ''}`)
    context.diagnostic(`${refused.length} of ${good.length} good paths refused`)
    assert.ok(refused.length < good.length)
  })
})
