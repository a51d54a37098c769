import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Component } from '../../model.ts'
import {
  component,
  configured,
  danglingIn,
  object,
  readObjects,
  workload,
  type Parts,
  type Anything,
} from './shop.fixture.ts'

function cart(parts: Parts, ...others: readonly Anything[]): Component {
  return component(readObjects(workload('cart', parts), ...others), 'cart')
}

function autoscaler(spec: object, name = 'cart'): Anything {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name }
  return object('autoscaling/v2', 'HorizontalPodAutoscaler', 'cart', { spec: { scaleTargetRef, ...spec } })
}

function budget(spec: object, apiVersion = 'policy/v1'): Anything {
  return object(apiVersion, 'PodDisruptionBudget', 'cart', { spec })
}

test('replicas that are not stated are one; those of a DaemonSet and of a job are not known', () => {
  assert.equal(cart({ spec: { replicas: 3 } }).replicas?.value, 3)
  const { replicas } = cart({})
  assert.deepEqual([replicas?.value, replicas?.evidence.how], [1, 'inferred'])
  assert.equal(cart({ kind: 'DaemonSet' }).replicas, undefined)
  assert.equal(cart({ kind: 'CronJob' }).replicas, undefined)
})

test('an autoscaler lifts the replicas to its minimum', () => {
  const { replicas, autoscaling } = cart({}, autoscaler({ minReplicas: 2, maxReplicas: 5 }))
  assert.deepEqual([replicas?.value, autoscaling?.value], [2, { minimum: 2, maximum: 5 }])
  assert.equal(
    cart({ spec: { replicas: 0 } }, autoscaler({ minReplicas: 2, maxReplicas: 5 })).replicas?.value,
    0,
  )
})

test('an autoscaler and a budget of nothing dangle', () => {
  const part = readObjects(
    workload('cart'),
    autoscaler({ maxReplicas: 2 }, 'basket'),
    budget({ selector: { matchLabels: { app: 'basket' } }, minAvailable: 1 }),
  )
  assert.deepEqual(danglingIn(part), {
    'HorizontalPodAutoscaler default/cart': ['Deployment basket'],
    'PodDisruptionBudget default/cart': ['selector app=basket'],
  })
})

test('a budget holds for the pods that it selects; an empty selector is all in policy/v1 and none before', () => {
  const selected = cart({}, budget({ selector: { matchLabels: { app: 'cart' } }, maxUnavailable: '25%' }))
  assert.deepEqual(selected.disruptionBudget?.value, { maxUnavailable: '25%' })
  assert.deepEqual(cart({}, budget({ selector: {}, minAvailable: 1 })).disruptionBudget?.value, {
    minAvailable: '1',
  })
  const old = budget({ selector: {}, minAvailable: 1 }, 'policy/v1beta1')
  assert.equal(cart({}, old).disruptionBudget, undefined)
  assert.equal(
    configured(readObjects(old), 'PodDisruptionBudget default/cart').deprecated?.value,
    'policy/v1',
  )
})

test('how replicas are replaced: stated, or as Kubernetes does it', () => {
  assert.deepEqual(cart({ spec: { strategy: { type: 'Recreate' } } }).update?.value, { strategy: 'recreate' })
  const rollingUpdate = { maxUnavailable: 0, maxSurge: 1 }
  assert.deepEqual(cart({ spec: { strategy: { rollingUpdate } } }).update?.value, {
    strategy: 'rolling',
    maxUnavailable: '0',
    maxSurge: '1',
  })
  assert.equal(cart({}).update?.value.maxUnavailable, '25%')
  assert.equal(cart({ kind: 'StatefulSet' }).update?.value.maxUnavailable, '1')
  assert.equal(
    cart({ kind: 'StatefulSet', spec: { updateStrategy: { type: 'OnDelete' } } }).update,
    undefined,
  )
})

test('replicas are spread where the scheduler keeps its own pods apart, not where it looks at others', () => {
  const apart = (app: string) => [
    { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
  ]
  assert.equal(cart({ pod: { topologySpreadConstraints: apart('cart') } }).spread?.value, true)
  const podAntiAffinity = (app: string) => ({ requiredDuringSchedulingIgnoredDuringExecution: apart(app) })
  assert.equal(cart({ pod: { affinity: { podAntiAffinity: podAntiAffinity('cart') } } }).spread?.value, true)
  assert.equal(
    cart({ pod: { affinity: { podAntiAffinity: podAntiAffinity('basket') } } }).spread?.value,
    false,
  )
  assert.equal(cart({}).spread?.value, false)
  assert.equal(cart({ kind: 'DaemonSet' }).spread?.value, true)
})

test('a pod that is never started again says so', () => {
  const pod = object('v1', 'Pod', 'cart', {
    spec: { containers: [{ name: 'cart', image: 'cart' }], restartPolicy: 'Never' },
  })
  assert.equal(component(readObjects(pod), 'cart').restarts?.value, false)
  assert.equal(cart({}).restarts?.value, true)
})

test('probes are questions: over HTTP, gRPC, TCP, or a command; named ports are numbers', () => {
  const health = (probe: object) =>
    cart({ container: { ports: [{ name: 'web', containerPort: 8080 }], livenessProbe: probe } })
  const question = (probe: object) => {
    const { liveness } = health(probe)
    return liveness?.value === false ? false : liveness?.value.question
  }
  assert.equal(question({ httpGet: { path: '/healthz', port: 'web' } }), 'GET :8080/healthz')
  assert.equal(question({ httpGet: { port: 8443, scheme: 'HTTPS' } }), 'GET https :8443/')
  assert.equal(question({ grpc: { port: 9555, service: 'cart' } }), 'grpc :9555 cart')
  assert.equal(question({ tcpSocket: { port: 6379 } }), 'tcp :6379')
  assert.equal(cart({}).readiness?.value, false)
  assert.equal(cart({ kind: 'Job' }).readiness, undefined)
})

test('the password of a probe goes nowhere', () => {
  const commands = [
    ['mysqladmin', 'ping', '-uroot', '-phunter2'],
    ['redis-cli', '-a', 'hunter2', 'ping'],
    ['sh', '-c', 'PGPASSWORD=hunter2 psql postgres://shop:hunter2@localhost/shop'],
    ['mongosh', '--password', 'hunter2'],
  ]
  for (const command of commands) {
    const { liveness } = cart({ container: { livenessProbe: { exec: { command } } } })
    assert.ok(!JSON.stringify(liveness).includes('hunter2'), command.join(' '))
  }
})

test('where data lies: with the replica, on a host, on the platform', () => {
  const volumes = [
    { name: 'scratch', emptyDir: {} },
    { name: 'settings', configMap: { name: 'cart' } },
    { name: 'logs', hostPath: { path: '/var/log' } },
    { name: 'data', persistentVolumeClaim: { claimName: 'carts' } },
    { name: 'archive', persistentVolumeClaim: { claimName: 'archive' } },
  ]
  const claim = object('v1', 'PersistentVolumeClaim', 'archive', { spec: { volumeName: 'disk' } })
  const disk = object('v1', 'PersistentVolume', 'disk', { spec: { hostPath: { path: '/mnt' } } })
  const kinds = cart({ pod: { volumes } }, claim, disk).volumes?.value.map(
    ({ name, kind }) => `${name} ${kind}`,
  )
  assert.deepEqual(kinds, ['scratch ephemeral', '/var/log host', 'carts persistent', 'archive host'])
  const set = cart({ kind: 'StatefulSet', spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } })
  assert.deepEqual(set.volumes?.value, [{ name: 'data', kind: 'persistent' }])
})

test('a storage class tells whether data is encrypted at rest', () => {
  const set = (encrypted: string) =>
    cart(
      {
        kind: 'StatefulSet',
        spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'fast' } }] },
      },
      object('storage.k8s.io/v1', 'StorageClass', 'fast', { parameters: { encrypted } }),
    )
  assert.equal(set('true').traits?.['encrypted-at-rest']?.value, true)
  assert.equal(set('false').traits?.['encrypted-at-rest']?.value, false)
})
