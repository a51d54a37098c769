import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Hardening } from '../../model.ts'
import { component, object, readObjects, workload, type Parts, type Anything } from './shop.fixture.ts'

function hardeningOf(parts: Parts, ...others: readonly Anything[]): Hardening {
  const { hardening } = component(readObjects(workload('cart', parts), ...others), 'cart')
  assert.ok(hardening)
  return hardening
}

function valuesOf(hardening: Hardening): Readonly<Record<string, unknown>> {
  const known = Object.entries(hardening).filter(([, fact]) => fact !== undefined)
  return Object.fromEntries(known.map(([name, fact]) => [name, fact.value]))
}

test('a container that says nothing has the defaults of Kubernetes, as conclusions; the user of its image is not known', () => {
  const hardening = hardeningOf({})
  assert.deepEqual(valuesOf(hardening), {
    privileged: false,
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    engineSocket: false,
    hostPaths: [],
    escalation: true,
    capabilitiesAdded: [],
    capabilitiesDropped: [],
    writableRoot: true,
    seccomp: false,
    processorLimit: false,
    memoryLimit: false,
    storageLimit: false,
    serviceAccount: 'default',
    accountToken: true,
  })
  for (const fact of Object.values(hardening))
    assert.ok(fact === undefined || fact.evidence.how === 'inferred')
})

test('walls that are stated are read, of the container before the pod', () => {
  const container = {
    securityContext: {
      runAsUser: 1000,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['all'], add: ['CAP_NET_BIND_SERVICE'] },
    },
    resources: { limits: { cpu: '300m', memory: '128Mi', 'ephemeral-storage': '1Gi' } },
  }
  const pod = {
    securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
    serviceAccountName: 'cart',
    automountServiceAccountToken: false,
  }
  const values = valuesOf(hardeningOf({ container, pod }))
  assert.deepEqual(
    [values['root'], values['escalation'], values['writableRoot'], values['seccomp'], values['accountToken']],
    [false, false, false, true, false],
  )
  assert.deepEqual(values['capabilitiesAdded'], ['NET_BIND_SERVICE'])
  assert.deepEqual(values['capabilitiesDropped'], ['ALL'])
  assert.deepEqual(
    [values['processorLimit'], values['memoryLimit'], values['storageLimit'], values['serviceAccount']],
    ['300m', '128Mi', '1Gi', 'cart'],
  )
})

test('the user of the pod holds for a container that names none, and user 0 is root', () => {
  assert.equal(hardeningOf({ pod: { securityContext: { runAsNonRoot: true } } }).root?.value, false)
  assert.equal(hardeningOf({ pod: { securityContext: { runAsUser: 0 } } }).root?.value, true)
})

test('of several containers the weakest counts', () => {
  const walls = {
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    runAsUser: 10,
    capabilities: { drop: ['ALL'] },
  }
  const strong = {
    name: 'cart',
    image: 'cart',
    securityContext: walls,
    resources: { limits: { memory: '1Gi' } },
  }
  const weak = {
    name: 'exporter',
    image: 'exporter',
    securityContext: { capabilities: { drop: ['CHOWN'], add: ['NET_ADMIN'] } },
  }
  const values = valuesOf(hardeningOf({ containers: [strong, weak] }))
  assert.deepEqual(
    [values['root'], values['writableRoot'], values['escalation'], values['memoryLimit']],
    [undefined, true, true, false],
  )
  assert.deepEqual([values['capabilitiesDropped'], values['capabilitiesAdded']], [['CHOWN'], ['NET_ADMIN']])
})

test('a privileged container can escalate whatever it says, and a privileged init container counts', () => {
  const securityContext = { privileged: true, allowPrivilegeEscalation: false }
  const privileged = hardeningOf({ container: { securityContext } })
  assert.deepEqual([privileged.privileged?.value, privileged.escalation?.value], [true, true])
  const initContainers = [{ name: 'sysctl', image: 'busybox', securityContext: { privileged: true } }]
  assert.equal(hardeningOf({ pod: { initContainers } }).privileged?.value, true)
})

test('the socket of the engine is told apart from other paths of the host', () => {
  const volumes = [
    { name: 'engine', hostPath: { path: '/var/run/docker.sock' } },
    { name: 'logs', hostPath: { path: '/var/log' } },
  ]
  const { engineSocket, hostPaths, hostNetwork } = hardeningOf({ pod: { volumes, hostNetwork: true } })
  assert.deepEqual([engineSocket?.value, hostPaths?.value, hostNetwork?.value], [true, ['/var/log'], true])
})

test('a LimitRange of the namespace sets the limits that a container leaves open', () => {
  const limits = [{ type: 'Container', default: { memory: '256Mi' } }]
  const range = object('v1', 'LimitRange', 'limits', { spec: { limits } })
  const elsewhere = object('v1', 'LimitRange', 'limits', { namespace: 'pay', spec: { limits } })
  assert.equal(hardeningOf({}, range).memoryLimit?.value, '256Mi')
  assert.equal(hardeningOf({}, range).processorLimit?.value, false)
  assert.equal(hardeningOf({}, elsewhere).memoryLimit?.value, false)
})

test('the account decides on its token where the pod does not; of an account in no file it is not known', () => {
  const pod = { serviceAccountName: 'cart' }
  const account = object('v1', 'ServiceAccount', 'cart', { automountServiceAccountToken: false })
  assert.equal(hardeningOf({ pod }, account).accountToken?.value, false)
  assert.equal(hardeningOf({ pod }).accountToken, undefined)
  assert.equal(
    hardeningOf({ pod: { ...pod, automountServiceAccountToken: true } }, account).accountToken?.value,
    true,
  )
})
