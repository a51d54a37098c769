import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { shop } from './testing/architectures.ts'
import { wayReader } from './way.ts'

const read = wayReader(shop())
const leads = (ids: readonly string[], members?: readonly string[]) =>
  read({ path: ids.map((id) => ({ id })), members }).map(({ leadsOn }) => leadsOn)

suite('a path of a finding', () => {
  test('is a way where calls join its steps, through a gateway and against the direction of calls', () => {
    assert.deepEqual(leads(['storefront', 'gateway', 'orders', 'payments']), [true, true, true, false])
    assert.deepEqual(leads(['payments', 'orders', 'gateway']), [true, true, false])
    assert.deepEqual(leads(['anyone', 'gateway', 'orders']), [true, true, false])
  })

  test('is a list where a step is not reached from the one before', () => {
    assert.deepEqual(leads(['catalog', 'orders', 'orders']), [false, false, false])
    assert.deepEqual(leads(['payments', 'notifications']), [false, false])
  })

  test('is a list where its steps are the places of one habit, even if some call each other', () => {
    assert.deepEqual(leads(['orders', 'payments'], ['orders: port 80', 'payments']), [false, false])
    assert.deepEqual(leads(['orders', 'orders-data'], ['orders-data', 'catalog-data']), [true, false])
  })
})
