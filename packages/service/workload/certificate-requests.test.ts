import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { createKey, proveKey, spiffeId } from '@plimsoll/identity'
import { openTown, trustDomain } from '../testing/town.ts'
import { createCertificateRequests, type CertificateRequests } from './certificate-requests.ts'
import type { CertificateAnswer, CertificateRequest, WorkloadMessage } from './protocol.ts'

type Certify = (request: CertificateRequest) => string

/** Requests to an engine that answers at once, with what `answer` makes of the true certificates. */
async function openRequests(
  test: TestContext,
  answer: (request: CertificateRequest, certify: Certify) => string,
): Promise<CertificateRequests> {
  const { authority } = await openTown(test)
  const certify: Certify = ({ publicKey, proof, names }) =>
    names === undefined
      ? authority.issueWorkload({ publicKey, proof, identity: spiffeId(trustDomain, 'gateway', 'front') })
          .certificateChain
      : authority.issueServer({ publicKey, proof, names }).certificateChain
  const listeners = new Set<(answer: CertificateAnswer) => void>()
  const send = async (message: WorkloadMessage) => {
    assert.equal(message.type, 'certificate-request')
    const certificateChain = answer(message, certify)
    listeners.forEach((listen) => listen({ type: 'certificate', certificateChain, bundle: authority.bundle }))
  }
  return createCertificateRequests({
    channel: { send },
    onAnswer: (listener) => void listeners.add(listener),
  })
}

test('an identity and a server certificate are asked for at once, and each has its own key', async (test) => {
  const requests = await openRequests(test, (request, certify) => certify(request))
  const [workload, server] = await Promise.all([
    requests.forWorkload(),
    requests.forServer(['localhost', '127.0.0.1']),
  ])
  assert.equal(workload.identity.name, 'front')
  assert.equal(new X509Certificate(server.certificateChain).checkHost('localhost'), 'localhost')
  assert.notEqual(workload.privateKey, server.privateKey)
  assert.ok(server.notAfter > Date.now())
})

test('a certificate for another key is refused, and the next question is asked all the same', async (test) => {
  const { privateKey, publicKey } = createKey()
  let answers = 0
  const requests = await openRequests(test, (request, certify) => {
    answers += 1
    return certify(answers > 2 ? request : { ...request, publicKey, proof: proveKey(privateKey, publicKey) })
  })
  await assert.rejects(requests.forWorkload(), /another key/)
  await assert.rejects(requests.forServer(['localhost']), /another key/)
  assert.equal((await requests.forWorkload()).identity.kind, 'gateway')
})
