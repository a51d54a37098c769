import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createKey, createSigningKey, openAuthority, proveKey, spiffeId } from '@plimsoll/identity'
import { createLogger, type CertificateRequest, type EngineMessage } from '@plimsoll/service'
import { Certification } from './certification.ts'
import { Followers } from './followers.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-certification-'))
after(() => rmSync(folder, { recursive: true }))
const authority = openAuthority(join(folder, 'authority'), 'shop.internal')

/** The desk of one process, with what it sends and what it logs. */
function desk(name: string, kind: 'service' | 'gateway' = 'service') {
  const sent: EngineMessage[] = []
  const log: string[] = []
  const certification = new Certification({
    authority,
    spec: { identity: spiffeId('shop.internal', kind, name), serverNames: ['localhost'] },
    instance: `${name}/0`,
    followers: new Followers(),
    logger: createLogger({ service: 'control', instance: 'control/0', sink: (line) => void log.push(line) }),
    mostCertificates: 20,
    send: (message) => void sent.push(message),
  })
  const certificates = () => sent.flatMap((message) => (message.type === 'certificate' ? [message] : []))
  return { certification, sent, log, certificates }
}

function request(challenge: string | undefined, names?: readonly string[]): CertificateRequest {
  const { privateKey, publicKey } = createKey()
  const proof = proveKey(privateKey, publicKey, challenge)
  return { type: 'certificate-request', publicKey, proof, ...(names && { names }) }
}

const refusals = (log: readonly string[]) => log.filter((line) => line.includes('certificate refused')).length

test('a process is certified for the identity that it was started with, each time for another challenge', () => {
  const { certification, certificates, log } = desk('pricing')
  let { challenge } = certification.bootstrap
  for (let time = 0; time < 3; time += 1) {
    certification.certify(request(challenge))
    challenge = certificates().at(-1)?.challenge ?? assert.fail()
  }
  const [first] = certificates()
  const leaf = new X509Certificate(first?.certificateChain ?? '')
  assert.equal(leaf.subjectAltName, 'URI:spiffe://shop.internal/service/pricing')
  assert.equal(new Set(certificates().map((answer) => answer.challenge)).size, 3)
  assert.ok(log.some((line) => line.includes(leaf.serialNumber)))
})

test('attack: a request that was recorded is of no use again', () => {
  const { certification, certificates, log } = desk('pricing')
  const recorded = request(certification.bootstrap.challenge)
  certification.certify(recorded)
  certification.certify(recorded)
  certification.certify({ ...recorded, names: ['localhost'] })
  assert.equal(certificates().length, 1)
  assert.equal(refusals(log), 2)
})

test('attack: the challenge of another service, and a request made for it', () => {
  const pricing = desk('pricing')
  const catalog = desk('catalog')
  const stolen = request(catalog.certification.bootstrap.challenge)
  pricing.certification.certify(stolen)
  assert.deepEqual(pricing.certificates(), [])
  catalog.certification.certify(stolen)
  assert.equal(catalog.certificates().length, 1)
})

test('attack: too late, after the process was started again, and without any challenge', () => {
  const before = desk('pricing').certification.bootstrap.challenge
  const { certification, certificates } = desk('pricing')
  for (const challenge of [before, '', undefined, `${before} `]) certification.certify(request(challenge))
  assert.deepEqual(certificates(), [])
  // What was refused has not used up the challenge of the process itself.
  certification.certify(request(certification.bootstrap.challenge))
  assert.equal(certificates().length, 1)
})

test('attack: names of hosts that the workload was not given', () => {
  const { certification, certificates, log } = desk('gateway', 'gateway')
  certification.certify(request(certification.bootstrap.challenge, ['bank.example']))
  assert.deepEqual([certificates().length, refusals(log)], [0, 1])
  certification.certify(request(certification.bootstrap.challenge, ['localhost', 'bank.example']))
  const leaf = new X509Certificate(certificates()[0]?.certificateChain ?? '')
  assert.equal(leaf.subjectAltName, 'DNS:localhost')
})

test('a revoked identity is certified no more, until it is restored', () => {
  const identity = spiffeId('shop.internal', 'service', 'billing')
  const { certification, certificates, log } = desk('billing')
  authority.revoke({ identity })
  certification.certify(request(certification.bootstrap.challenge))
  assert.deepEqual([certificates().length, refusals(log)], [0, 1])
  authority.restore(identity)
  certification.certify(request(certification.bootstrap.challenge))
  assert.equal(certificates().length, 1)
})

test('only a gateway makes a key for tokens known, and only one for signing', async () => {
  const { publicKey } = createSigningKey()
  const service = desk('pricing')
  service.certification.takeSubjectKey(publicKey)
  assert.match(service.log.join(''), /only a gateway/)
  const gateway = desk('gateway', 'gateway')
  for (const other of [createKey().publicKey, 'key', 'x'.repeat(10_000)])
    gateway.certification.takeSubjectKey(other)
  assert.deepEqual(authority.trust.subjectKeys, [])
  gateway.certification.takeSubjectKey(publicKey)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(gateway.sent, [{ type: 'subject-key-taken', publicKey }])
  assert.deepEqual(
    authority.trust.subjectKeys.map(({ issuer }) => issuer),
    ['spiffe://shop.internal/gateway/gateway'],
  )
})
