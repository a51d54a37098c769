import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import { sketch } from './testing/sketch.ts'
import { imagine } from './imagine.ts'

const shop = sketch({
  components: {
    storefront: { kind: 'client' },
    checkout: { replicas: 2, hosts: ['eu-1/a', 'eu-2/b'], zone: 'inner' },
    payments: { replicas: 2, hosts: ['eu-1/a'], secrets: ['card-key'], zone: 'inner' },
    orders: { kind: 'store', replicas: 1, zone: 'data' },
  },
  operations: {
    'checkout.place': { access: 'consumers', load: 20 },
    'checkout.view': { access: 'public' },
    'payments.charge': {},
  },
  calls: {
    'storefront -> checkout.place': {},
    'checkout.place -> payments.charge': {},
    'checkout.view -> orders': { required: false },
  },
  zones: { inner: {}, data: {} },
})

test('without a component its calls are gone, and who needs it is lost', () => {
  const { architecture, lost, degraded } = imagine(shop, { kind: 'without', name: 'payments' })
  assert.deepEqual(
    architecture.components.map(({ id }) => id),
    ['checkout', 'orders', 'storefront'],
  )
  assert.ok(architecture.calls.every(({ to }) => to !== 'payments.charge'))
  assert.deepEqual([lost, degraded], [['checkout.place'], []])
  assert.equal(shop.components.length, 4)
})

test('without a call nobody is lost: it is not made any more', () => {
  const { architecture, lost } = imagine(shop, { kind: 'without', name: 'checkout.place -> payments.charge' })
  assert.equal(architecture.calls.length, 2)
  assert.deepEqual(lost, [])
})

test('a host takes down what lies on it alone, and weakens what lies on others, too', () => {
  const { down, weakened, lost, architecture } = imagine(shop, { kind: 'kill', what: 'host', name: 'eu-1/a' })
  assert.deepEqual([down, weakened, lost], [['payments'], ['checkout'], ['checkout.place']])
  const { replicas } = architecture.components.find(({ id }) => id === 'checkout') ?? {}
  assert.deepEqual([replicas?.value, replicas?.evidence.how], [1, 'inferred'])
})

test('a failure zone takes its hosts, a zone of the architecture its components', () => {
  assert.deepEqual(imagine(shop, { kind: 'kill', what: 'zone', name: 'eu-2' }).weakened, ['checkout'])
  const { down, lost } = imagine(shop, { kind: 'kill', what: 'zone', name: 'inner' })
  assert.deepEqual(
    [down, lost],
    [
      ['checkout', 'payments'],
      ['checkout.place', 'checkout.view'],
    ],
  )
})

test('a store that is optional leaves its entries degraded', () => {
  const { down, lost, degraded } = imagine(shop, { kind: 'kill', what: 'store', name: 'orders' })
  assert.deepEqual([down, lost, degraded], [['orders'], [], ['checkout.view']])
})

test('a secret takes down everybody who has it', () => {
  assert.deepEqual(imagine(shop, { kind: 'kill', what: 'secret', name: 'card-key' }).lost, ['checkout.place'])
})

test('a further call and more load change the architecture alone', () => {
  const called = imagine(shop, { kind: 'add-call', from: 'payments', to: 'orders' })
  assert.equal(called.architecture.calls.length, 4)
  const loaded = imagine(shop, { kind: 'load', factor: 3 })
  assert.equal(loaded.architecture.operations.find(({ load }) => load !== undefined)?.load?.value, 60)
})

test('an unknown name is refused with the closest that exist', () => {
  const refused = (change: Parameters<typeof imagine>[1], fix: RegExp) =>
    assert.throws(
      () => imagine(shop, change),
      (thrown) => thrown instanceof InvalidInput && thrown.code === 'IMAGINED' && fix.test(thrown.fix ?? ''),
    )
  refused({ kind: 'without', name: 'paymnets' }, /payments/)
  refused({ kind: 'kill', what: 'store', name: 'order' }, /orders/)
  refused({ kind: 'kill', what: 'host', name: 'zzz' }, /eu-1\/a/)
  refused({ kind: 'add-call', from: 'checkout', to: 'stock' }, /./)
  refused({ kind: 'load', factor: 0 }, /above 0/)
})
