import { InvalidInput } from '@plimsoll/base'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { stringify } from 'yaml'
import { architectureDigest, emptyArchitecture } from '../../digest.ts'
import { parseDocuments } from '../document.ts'
import type { ArchitecturePart, SourceFile } from '../reader.ts'
import { messagesOf, read } from '../reading.fixture.ts'
import { kubernetesReader } from './reader.ts'
import {
  call,
  callsOf,
  component,
  configured,
  danglingIn,
  object,
  readObjects,
  service,
  variable,
  workload,
  type Anything,
} from './shop.fixture.ts'

const corpus = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'architectures')
const withCorpus = { skip: existsSync(corpus) ? false : 'no corpus' }

function readFiles(files: readonly SourceFile[]): ArchitecturePart {
  const documents = files.flatMap((file) => parseDocuments(file).documents)
  return kubernetesReader.read(
    documents.filter((document) => kubernetesReader.recognises(document)),
    { environment: {}, profiles: [], load: () => undefined, list: () => [] },
  )
}

function filesIn(folder: string): readonly SourceFile[] {
  return readdirSync(join(corpus, folder))
    .filter((name) => /^(?:kubernetes|istio|deploy__kubernetes).*\.yaml$/.test(name))
    .map((name) => ({ name, text: readFileSync(join(corpus, folder, name), 'utf8') }))
}

test('every fact names its file, line and field', () => {
  const text = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: cart }
    spec:
      replicas: 3
      template: { spec: { containers: [{ name: cart, image: cart }] } }
`
  const { replicas } = component(read(kubernetesReader, text), 'cart')
  assert.deepEqual(replicas?.evidence, { file: 'shop.yaml', line: 8, column: 7, field: 'spec.replicas' })
})

test('what a workload is, is concluded from its image; what makes load is a client', () => {
  const part = readObjects(
    workload('sessions', { container: { image: 'redis:8-alpine' } }),
    workload('load-test'),
    workload('cart'),
  )
  const kinds = part.components.map(({ id, kind, technology }) => [id, kind.value, technology?.value])
  assert.deepEqual(kinds.slice(0, 2), [
    ['cart', 'service', undefined],
    ['load-test', 'client', kinds[1]?.[2]],
  ])
  assert.deepEqual(kinds[2], ['sessions', 'cache', 'redis'])
})

test('containers beside the work are told, proxies of a mesh are not', () => {
  const containers = [
    { name: 'cart', image: 'cart' },
    { name: 'exporter', image: 'exporter' },
    { name: 'istio-proxy', image: 'proxy' },
  ]
  assert.deepEqual(component(readObjects(workload('cart', { containers })), 'cart').containers?.value, [
    'cart',
    'exporter',
  ])
  const alone = [containers[0] ?? {}, containers[2] ?? {}]
  assert.equal(component(readObjects(workload('cart', { containers: alone })), 'cart').containers, undefined)
})

test('secrets are known by name: given, given in the environment, written in plain text', () => {
  const env = [
    variable('DB_PASSWORD', 'hunter2'),
    variable('DB_PASSWORD_FILE', '/run/secrets/db'),
    { name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } },
  ]
  const pod = { volumes: [{ name: 'tls', secret: { secretName: 'cart-tls' } }] }
  const part = readObjects(
    workload('cart', { container: { env, args: ['--admin-password=hunter2'] }, pod }),
    object('v1', 'Secret', 'keys', { stringData: { api: 'hunter2' } }),
    object('v1', 'Secret', 'cart-tls', { type: 'kubernetes.io/tls', data: {} }),
  )
  const { secrets, environmentSecrets, plainSecrets, certificates } = component(part, 'cart')
  assert.deepEqual(secrets?.value, ['cart-tls', 'keys'])
  assert.deepEqual(environmentSecrets?.value, ['keys'])
  assert.deepEqual(plainSecrets?.value, ['DB_PASSWORD', 'admin-password', 'keys'])
  assert.deepEqual(certificates?.value, ['cart-tls'])
  assert.ok(!JSON.stringify(part).includes('hunter2'))
})

test('whether a ConfigMap in no file holds a secret is not known', () => {
  const envFrom = [{ configMapRef: { name: 'elsewhere' } }]
  assert.equal(
    component(readObjects(workload('cart', { container: { envFrom } })), 'cart').plainSecrets,
    undefined,
  )
  assert.deepEqual(component(readObjects(workload('cart')), 'cart').plainSecrets?.value, [])
})

test('bindings grant what their roles allow, to accounts and so to workloads', () => {
  const rbac = 'rbac.authorization.k8s.io/v1'
  const subjects = [{ kind: 'ServiceAccount', name: 'cart' }]
  const part = readObjects(
    workload('cart', { pod: { serviceAccountName: 'cart' } }),
    object('v1', 'ServiceAccount', 'cart'),
    object(rbac, 'Role', 'reader', {
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }],
    }),
    object(rbac, 'RoleBinding', 'reader', { subjects, roleRef: { kind: 'Role', name: 'reader' } }),
    object(rbac, 'RoleBinding', 'lost', { subjects, roleRef: { kind: 'Role', name: 'writer' } }),
    object(rbac, 'ClusterRoleBinding', 'root', {
      subjects: [{ kind: 'ServiceAccount', name: 'cart', namespace: 'default' }],
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
    }),
  )
  const binding = configured(part, 'RoleBinding default/reader')
  assert.deepEqual(binding.targets, ['cart'])
  assert.deepEqual(binding.grants?.value, [
    { holder: 'cart', verbs: ['get', 'list'], resources: ['secrets'] },
  ])
  assert.deepEqual(configured(part, 'ClusterRoleBinding root').grants?.value, [
    { holder: 'cart', verbs: ['*'], resources: ['*'] },
  ])
  assert.deepEqual(danglingIn(part), { 'RoleBinding default/lost': ['Role writer'] })
})

test('accounts of one name in two namespaces are two', () => {
  const rbac = 'rbac.authorization.k8s.io/v1'
  const pod = { serviceAccountName: 'cart' }
  const part = readObjects(
    workload('cart', { namespace: 'shop', pod }),
    workload('cart', { namespace: 'pay', pod }),
    object(rbac, 'RoleBinding', 'edit', {
      namespace: 'pay',
      subjects: [{ kind: 'ServiceAccount', name: 'cart' }],
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
    }),
  )
  const [grant] = configured(part, 'RoleBinding pay/edit').grants?.value ?? []
  assert.equal(grant?.holder, 'pay/cart')
  const accounts = part.components.map(({ hardening }) => hardening?.serviceAccount?.value)
  assert.deepEqual(accounts, ['pay/cart', 'shop/cart'])
})

test('a reference dangles where the files hold others of its kind, and is somebody else’s where they hold none', () => {
  const envFrom = [{ configMapRef: { name: 'cart' } }, { secretRef: { name: 'cart' } }]
  const pod = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'carts' } }] }
  const cart = workload('cart', { container: { envFrom }, pod })
  assert.deepEqual(danglingIn(readObjects(cart)), {})
  const others = readObjects(
    cart,
    object('v1', 'ConfigMap', 'web'),
    object('v1', 'Secret', 'web'),
    object('v1', 'PersistentVolumeClaim', 'web'),
  )
  assert.deepEqual(danglingIn(others), {
    'Deployment default/cart': ['ConfigMap cart', 'PersistentVolumeClaim carts', 'Secret cart'],
  })
  const sealed = readObjects(
    cart,
    object('v1', 'Secret', 'web'),
    object('bitnami.com/v1alpha1', 'SealedSecret', 'cart'),
  )
  assert.deepEqual(danglingIn(sealed), {})
})

test('old versions are read, and what replaces them is told', () => {
  const cases = [
    ['extensions/v1beta1', 'Deployment', 'apps/v1'],
    ['apps/v1beta2', 'StatefulSet', 'apps/v1'],
    ['batch/v1beta1', 'CronJob', 'batch/v1'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'autoscaling/v2'],
    ['rbac.authorization.k8s.io/v1beta1', 'ClusterRole', 'rbac.authorization.k8s.io/v1'],
    ['policy/v1beta1', 'PodSecurityPolicy', 'Pod Security Admission'],
  ] as const
  for (const [apiVersion, kind, replacement] of cases) {
    const [found] = readObjects(object(apiVersion, kind, 'cart')).objects ?? []
    assert.equal(found?.deprecated?.value, replacement, apiVersion)
  }
  assert.equal(
    readObjects(object('autoscaling/v1', 'HorizontalPodAutoscaler', 'cart')).objects?.[0]?.deprecated,
    undefined,
  )
})

test('an unknown kind is noted once, whatever the number of its objects', () => {
  const part = readObjects(
    ...['a', 'b', 'c'].map((name) => object('shop.test/v1', 'Basket', name)),
    workload('cart'),
  )
  assert.deepEqual(messagesOf(part), [
    'shop.test/v1 Basket is a kind that is not understood; objects of it are not used',
  ])
  assert.equal(part.components.length, 1)
})

test('a template is told apart from a manifest, once for each file', () => {
  const text = `apiVersion: v1
kind: Service
metadata: { name: {{ .Values.name }} }
---
apiVersion: v1
kind: Service
metadata: { name: "{{ .Release.Name }}-cart" }
`
  const part = read(kubernetesReader, text)
  assert.equal(part.notes?.length, 1)
  assert.match(messagesOf(part)[0] ?? '', /helm template/)
  assert.deepEqual(part.components, [])
})

test('a value of a wrong type is noted at its place and left out', () => {
  const part = readObjects(workload('cart', { spec: { replicas: 'three' } }))
  const [note] = part.notes ?? []
  assert.match(note?.message ?? '', /text, not a number/)
  assert.deepEqual(
    [note?.evidence.file, note?.evidence.line, note?.evidence.field],
    ['shop.yaml', 1, 'spec.replicas'],
  )
  assert.equal(component(part, 'cart').replicas?.evidence.how, 'inferred')
})

test('of two descriptions of one object the fuller counts, and the other is noted', () => {
  const full = workload('cart', { spec: { replicas: 3 } })
  for (const objects of [
    [full, workload('cart')],
    [workload('cart'), full],
  ]) {
    const part = readObjects(...objects)
    assert.equal(component(part, 'cart').replicas?.value, 3)
    assert.match(messagesOf(part).join(), /described more than once/)
  }
  assert.deepEqual(messagesOf(readObjects(full, full)), [])
})

test('objects that other objects made are not components of their own', () => {
  const owned = object('v1', 'Pod', 'cart-5d8-x', { spec: { containers: [{ name: 'cart', image: 'cart' }] } })
  const metadata = { name: 'cart-5d8-x', ownerReferences: [{ kind: 'ReplicaSet', name: 'cart-5d8' }] }
  assert.deepEqual(
    readObjects(workload('cart'), { ...owned, metadata }).components.map(({ id }) => id),
    ['cart'],
  )
})

test('a kustomization brings files, a namespace, images and replicas', () => {
  const kustomization = `resources: [cart.yaml]
namespace: shop
images: [{ name: shop/cart, newTag: "2" }]
replicas: [{ name: cart, count: 4 }]
configMapGenerator: [{ name: urls, literals: [STOCK_URL=http://stock] }]
`
  const files = {
    'cart.yaml': [
      workload('cart', { container: { envFrom: [{ configMapRef: { name: 'urls' } }] } }),
      workload('stock'),
      service('stock'),
    ]
      .map((each) => JSON.stringify(each))
      .join('\n---\n'),
  }
  const { documents } = parseDocuments({ name: 'kustomization.yaml', text: kustomization })
  const load = (path: string) => (path === 'cart.yaml' ? { name: path, text: files['cart.yaml'] } : undefined)
  const part = kubernetesReader.read(documents, {
    environment: {},
    profiles: [],
    load,
    list: () => [],
  })
  const { image, replicas, networks } = component(part, 'cart')
  assert.deepEqual([image?.value, replicas?.value, networks?.value], ['shop/cart:2', 4, ['shop']])
  assert.deepEqual(callsOf(part), ['cart -> stock'])
})

const shop: readonly Anything[] = [
  object('v1', 'Namespace', 'default', { labels: { 'istio-injection': 'enabled' } }),
  workload('web', {
    container: {
      env: [variable('CART_URL', 'http://cart'), variable('DB_PASSWORD', 'hunter2')],
      envFrom: [{ configMapRef: { name: 'urls' } }],
    },
    spec: { replicas: 2 },
  }),
  service('web', { type: 'LoadBalancer' }),
  workload('cart', {
    pod: {
      serviceAccountName: 'cart',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'carts' } }],
    },
  }),
  service('cart', { ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
  object('v1', 'ServiceAccount', 'cart'),
  object('v1', 'ConfigMap', 'urls', { data: { PAY_URL: 'https://api.payments.com', CART_ADDR: 'cart:80' } }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'cart', {
    spec: {
      podSelector: { matchLabels: { app: 'cart' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
    },
  }),
  object('networking.k8s.io/v1', 'Ingress', 'shop', {
    spec: {
      defaultBackend: { service: { name: 'web', port: { number: 80 } } },
      tls: [{ secretName: 'shop' }],
    },
  }),
  object('policy/v1', 'PodDisruptionBudget', 'web', {
    spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 },
  }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 4 },
  }),
  object('networking.istio.io/v1', 'VirtualService', 'cart', {
    spec: { hosts: ['cart'], http: [{ timeout: '2s', route: [{ destination: { host: 'cart' } }] }] },
  }),
  object('networking.istio.io/v1', 'DestinationRule', 'cart', {
    spec: { host: 'cart', trafficPolicy: { outlierDetection: {} } },
  }),
  object('security.istio.io/v1', 'PeerAuthentication', 'all', { spec: { mtls: { mode: 'STRICT' } } }),
  object('security.istio.io/v1', 'AuthorizationPolicy', 'cart', {
    spec: { rules: [{ from: [{ source: { namespaces: ['default'] } }] }] },
  }),
  object('rbac.authorization.k8s.io/v1', 'Role', 'cart', {
    rules: [{ resources: ['pods'], verbs: ['get'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'cart', {
    roleRef: { kind: 'Role', name: 'cart' },
    subjects: [{ kind: 'ServiceAccount', name: 'cart' }],
  }),
]

function digestOf(part: ArchitecturePart): string {
  const { components, calls = [], objects, networks } = part
  return architectureDigest({ ...emptyArchitecture('shop'), components, calls, objects, networks })
}

test('how objects are spread over files, and the order of documents and keys, change nothing', () => {
  const whole = digestOf(readObjects(...shop))
  const reordered = fc.array(fc.nat(), { minLength: shop.length, maxLength: shop.length })
  fc.assert(
    fc.property(reordered, fc.nat(4), fc.boolean(), (order, files, reversed) => {
      const shuffled = shop
        .map((each, index) => ({ each: reversed ? reversedKeys(each) : each, at: order[index] ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
      const groups = Map.groupBy(shuffled, (_, index) => index % (files + 1))
      const sources = [...groups].map(([index, group]) => ({
        name: `${index}.yaml`,
        text: group.map(({ each }) => stringify(each)).join('---\n'),
      }))
      assert.equal(digestOf(readFiles(sources)), whole)
    }),
    { numRuns: 100 },
  )
})

function reversedKeys(value: unknown): Anything {
  const reverse = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(reverse)
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(
      Object.entries(each)
        .toReversed()
        .map(([key, member]) => [key, reverse(member)]),
    )
  }
  return reverse(value) as Anything
}

type Path = readonly (string | number)[]

function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))]
}

/** Puts something else at a place, or takes away what is there. */
function mutate(root: unknown, path: Path, replacement: unknown): void {
  let at: unknown = root
  for (const step of path.slice(0, -1))
    at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined
  const last = path.at(-1)
  if (typeof at !== 'object' || at === null || last === undefined) return
  if (replacement === undefined) Reflect.deleteProperty(at, last)
  else Reflect.set(at, last, replacement)
}

function surviveMutants(objects: readonly Anything[], runs: number): void {
  const places = placesIn(objects).filter((path) => path.length > 1)
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      true,
      -1,
      0.5,
      '',
      'constructor',
      '__proto__',
      '{{ x }}',
      '$(A)',
      [],
      {},
      [[]],
      [null],
      { name: [] },
    ),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const change = fc.record({ at: fc.nat(places.length - 1), value: odd })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const mutant = structuredClone(objects) as Anything[]
      for (const { at, value } of changes) mutate(mutant, places[at] ?? [], structuredClone(value))
      try {
        const part = readObjects(...mutant)
        assert.equal(new Set(part.components.map(({ id }) => id)).size, part.components.length)
        assert.equal(new Set(part.objects?.map(({ id }) => id)).size, part.objects?.length)
        const ids = new Set(part.components.map(({ id }) => id))
        for (const { from, to } of part.calls ?? [])
          assert.ok(ids.has(from) && ids.has(to), `${from} -> ${to}`)
        digestOf(part)
      } catch (error) {
        assert.ok(error instanceof InvalidInput, error instanceof Error ? (error.stack ?? '') : String(error))
      }
    }),
    { numRuns: runs },
  )
}

test('manifests with anything at any place are read without a fall', () => surviveMutants(shop, 500))

test('real manifests with anything at any place are read without a fall', withCorpus, () => {
  const objects = ['online-boutique', 'sock-shop'].flatMap((folder) =>
    filesIn(folder).flatMap((file) => parseDocuments(file).documents.map(({ value }) => value as Anything)),
  )
  for (let at = 0; at < objects.length; at += 10) surviveMutants(objects.slice(at, at + 10), 200)
})

test(
  'the calls of Online Boutique are those in the variables of its services, and that of its gateway',
  withCorpus,
  () => {
    const part = readFiles(filesIn('online-boutique'))
    const checkout = ['cart', 'currency', 'email', 'payment', 'productcatalog', 'shipping']
    const frontend = ['ad', 'cart', 'checkout', 'currency', 'productcatalog', 'recommendation', 'shipping']
    assert.deepEqual(callsOf(part), [
      'cartservice -> redis-cart',
      ...checkout.map((name) => `checkoutservice -> ${name}service`),
      ...frontend.map((name) => `frontend -> ${name}service`),
      'frontend-gateway -> frontend',
      'loadgenerator -> frontend',
      'recommendationservice -> productcatalogservice',
    ])
    assert.equal(call(part, 'frontend', 'adservice').protocol?.value, 'grpc')
    assert.equal(component(part, 'redis-cart').technology?.value, 'redis')
  },
)

test('Sock Shop declares one call in its manifests; the others are in its code', withCorpus, () => {
  const part = readFiles(filesIn('sock-shop'))
  assert.deepEqual(callsOf(part), ['user -> user-db'])
  assert.deepEqual(component(part, 'catalogue-db').plainSecrets?.value, ['MYSQL_ROOT_PASSWORD'])
  assert.deepEqual(component(part, 'front-end').published?.value, [{ port: '30001' }])
})
