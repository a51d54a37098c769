import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../read.ts'
import type { Architecture } from '../../model.ts'
import { object, service, variable, workload, type Anything } from './shop.fixture.ts'

const yaml = (...objects: readonly Anything[]) => objects.map((each) => JSON.stringify(each)).join('\n---\n')
const base = {
  'base/kustomization.yaml': 'resources: [cart.yaml, stock.yaml]\n',
  'base/cart.yaml': yaml(
    workload('cart', { spec: { replicas: 1 }, container: { env: [variable('A', 'b')] } }),
  ),
  'base/stock.yaml': yaml(workload('stock'), service('stock')),
}

function shop(files: Readonly<Record<string, string>>): Architecture {
  return read(Object.entries({ ...base, ...files }).map(([name, text]) => ({ name, text })))
}

function cartOf(architecture: Architecture) {
  const cart = architecture.components.find(({ id }) => id === 'cart')
  assert.ok(cart)
  return cart
}

const edges = ({ calls }: Architecture) => calls.map(({ from, to }) => `${from} -> ${to}`)
const notes = ({ notes: all }: Architecture) => all.map(({ message }) => message)

test('a strategic merge patch changes what it names, and is the place of it', () => {
  const patch = `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart }
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: cart
          env: [{ name: STOCK_URL, value: "http://stock" }]
`
  const overlay = 'resources: [../base]\npatches: [{ path: patch.yaml }]\n'
  const architecture = shop({ 'prod/kustomization.yaml': overlay, 'prod/patch.yaml': patch })
  const { replicas, image } = cartOf(architecture)
  assert.equal(replicas?.value, 3)
  assert.deepEqual([replicas?.evidence.file, replicas?.evidence.line], ['prod/patch.yaml', 5])
  assert.equal(image?.evidence.file, 'base/cart.yaml')
  assert.deepEqual(edges(architecture), ['cart -> stock'])
  assert.deepEqual(notes(architecture), [])
})

test('operations of RFC 6902 are done on targets, by name, by .* and by label', () => {
  const patched = (target: string) =>
    cartOf(
      shop({
        'prod/kustomization.yaml': `resources: [../base]
patches:
  - target: ${target}
    patch: |-
      - { op: replace, path: /spec/replicas, value: 4 }
      - { op: add, path: /spec/template/spec/containers/0/env/-, value: { name: STOCK_URL, value: "http://stock" } }
      - { op: remove, path: /spec/none/at/all }
`,
      }),
    ).replicas?.value
  assert.equal(patched('{ kind: Deployment, name: cart }'), 4)
  assert.equal(patched('{ kind: Deployment, name: ca.* }'), 4)
  assert.equal(patched('{ kind: Deployment }'), 4)
  assert.equal(patched('{ kind: Deployment, name: car }'), 1)
  assert.equal(patched('{ kind: StatefulSet }'), 1)
  assert.equal(patched('{ labelSelector: app=cart }'), 1)
})

test('a patch may take an object or a member away', () => {
  const without = shop({
    'prod/kustomization.yaml': `resources: [../base]
patchesStrategicMerge:
  - |
    kind: Deployment
    metadata: { name: stock }
    $patch: delete
  - |
    kind: Deployment
    metadata: { name: cart }
    spec: { replicas: null }
`,
  })
  assert.deepEqual(
    without.components.map(({ id }) => id),
    ['cart'],
  )
  assert.equal(cartOf(without).replicas?.evidence.how, 'inferred')
})

test('the outer patch counts, and a component’s are for all that is listed beside it', () => {
  const replicas = (count: number) => `
patches:
  - target: { kind: Deployment, name: cart }
    patch: '[{ "op": "add", "path": "/spec/replicas", "value": ${count} }]'
`
  const architecture = shop({
    'base/kustomization.yaml': `resources: [cart.yaml, stock.yaml]${replicas(2)}`,
    'prod/kustomization.yaml': 'resources: [../base]\ncomponents: [../scaled]\n',
    'scaled/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component${replicas(5)}`,
  })
  assert.equal(cartOf(architecture).replicas?.value, 5)
})

test('names in the cluster lead to the objects that a kustomization gives them to', () => {
  const patch =
    '[{ "op": "add", "path": "/spec/template/spec/containers/0/env/-", "value": { "name": "STOCK_URL", "value": "http://shop-stock-v2" } }]'
  const architecture = shop({
    'prod/kustomization.yaml': `resources: [../base]
namePrefix: shop-
nameSuffix: -v2
patches: [{ target: { name: cart }, patch: '${patch}' }]
`,
  })
  assert.deepEqual(edges(architecture), ['cart -> stock'])
})

test('ConfigMaps are made of files and env files, and an outer generator adds to the inner one', () => {
  const cart = workload('cart', { container: { envFrom: [{ configMapRef: { name: 'urls' } }] } })
  const architecture = shop({
    'base/kustomization.yaml':
      'resources: [cart.yaml, stock.yaml]\nconfigMapGenerator: [{ name: urls, literals: [STOCK_URL=http://stock] }]\n',
    'base/cart.yaml': yaml(cart),
    'prod/kustomization.yaml':
      'resources: [../base]\nconfigMapGenerator: [{ name: urls, behavior: merge, envs: [prod.env] }]\n',
    'prod/prod.env': 'PAY_HOST=pay.shop.io\n',
  })
  assert.deepEqual(edges(architecture), ['cart -> pay.shop.io', 'cart -> stock'])
})

test('what is on another machine, or not there, is told and not fetched', () => {
  const architecture = shop({
    'prod/kustomization.yaml': `resources: [../base, "https://shop.example/base?ref=main"]
patches: [{ path: gone.yaml }, { path: "https://shop.example/patch.yaml" }]
`,
  })
  assert.ok(notes(architecture).some((note) => note.includes('patch gone.yaml is not among the files')))
  assert.equal(cartOf(architecture).replicas?.value, 1)
})

test('a circle of kustomizations and a patch of hostile paths end', () => {
  const operations = Array.from({ length: 2_000 }, () => ({ op: 'add', path: '/spec/a/-1/~0~1', value: 1 }))
  const architecture = shop({
    'prod/kustomization.yaml': `resources: [../base, ../prod]
patches: [{ target: { kind: Deployment }, patch: '${JSON.stringify([...operations, { op: 'add', path: '/__proto__/x', value: 1 }, { op: 'replace', path: '', value: null }])}' }]
`,
  })
  assert.ok(architecture.notes.length >= 0)
  assert.equal(({} as Record<string, unknown>)['x'], undefined)
})

test('objects of other clusters are left as they are by a patch for one namespace', () => {
  const architecture = read([
    {
      name: 'kustomization.yaml',
      text: `resources: [all.yaml]
patches: [{ target: { kind: Deployment, namespace: shop }, patch: '[{ "op": "add", "path": "/spec/replicas", "value": 7 }]' }]
`,
    },
    {
      name: 'all.yaml',
      text: yaml(
        workload('cart', { namespace: 'shop' }),
        workload('mail', { namespace: 'office' }),
        object('v1', 'Namespace', 'shop'),
      ),
    },
  ])
  assert.deepEqual(
    architecture.components.map(({ id, replicas }) => [id, replicas?.value]),
    [
      ['cart', 7],
      ['mail', 1],
    ],
  )
})
