// Why: one finding tells of many places, so a change must neither hide in it nor be blamed for what it made smaller.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { vet } from '../gate.ts'
import { sketch, type Sketch } from './example.ts'

/** Rules that would refuse a change from one architecture to another. */
function refusing(before: Sketch, after: Sketch): readonly string[] {
  const { findings } = vet({
    before: sketch(before),
    after: sketch(after),
    alone: sketch({}),
    candidate: {},
    policy: { failOn: 'high', operatorCalls: false },
    waivers: [],
  })
  return findings.filter(({ refuses }) => refuses).map(({ rule, subject }) => `${rule} ${subject}`)
}

const published = [{ port: '443' }]
const shop = { replicas: 1, published }
const once = { replicas: 1 }
const calls = { 'shop -> orders': {}, 'orders -> prices': {} }
const nothingTwice: Sketch = { components: { shop, orders: once, prices: once }, calls }
const waits = { synchronous: true }

suite('where nothing runs twice', () => {
  test('a second replica of one refuses nothing', () => {
    const after = { ...nothingTwice, components: { shop, orders: { replicas: 2 }, prices: once } }
    assert.deepEqual(refusing(nothingTwice, after), [])
  })

  test('one part less refuses nothing', () => {
    const larger = {
      components: { ...nothingTwice.components, stock: once },
      calls: { ...calls, 'orders -> stock': {} },
    }
    assert.deepEqual(refusing(larger, nothingTwice), [])
  })

  test('one more part that runs once is new', () => {
    const after = {
      components: { ...nothingTwice.components, stock: once },
      calls: { ...calls, 'orders -> stock': {} },
    }
    assert.deepEqual(refusing(nothingTwice, after), ['AV1 example'])
  })
})

suite('where some run twice', () => {
  const twice = { replicas: 2 }
  const before = { components: { shop: { ...twice, published }, orders: twice, prices: twice }, calls }

  test('a replica less is new, for that part alone', () => {
    const after = { ...before, components: { ...before.components, prices: once } }
    assert.deepEqual(refusing(before, after), ['AV1 prices'])
  })

  test('a scaler that may leave one is new', () => {
    const scaled = { replicas: 2, autoscaling: { minimum: 1, maximum: 5 } }
    const after = { ...before, components: { ...before.components, prices: scaled } }
    assert.deepEqual(refusing(before, after), ['AV1 prices'])
  })

  test('no replica twice any more is new', () => {
    assert.deepEqual(refusing(before, nothingTwice), ['AV1 example'])
  })
})

suite('circles', () => {
  const components = { cart: {}, mail: {}, orders: {}, stock: {} }
  const two = {
    components,
    calls: {
      'cart -> mail': waits,
      'mail -> cart': waits,
      'orders -> stock': waits,
      'stock -> orders': waits,
    },
  }
  const one = { components, calls: { ...two.calls, 'mail -> orders': waits, 'stock -> cart': waits } }

  test('two that become one are new', () => assert.deepEqual(refusing(two, one), ['CF7 cart']))
  test('one that becomes two smaller ones refuses nothing', () => assert.deepEqual(refusing(one, two), []))
})

suite('retries', () => {
  const components = { shop: { published }, orders: {}, prices: {}, catalog: {} }
  const layers = (orders: number, prices: number, catalog: number) => ({
    components,
    calls: {
      'shop -> orders': { attempts: orders },
      'orders -> prices': { attempts: prices },
      'prices -> catalog': { attempts: catalog },
    },
  })

  test('a layer that meets another anew is new', () =>
    assert.deepEqual(refusing(layers(3, 1, 1), layers(3, 1, 3)), ['CF3 catalog']))
  test('a layer less refuses nothing', () => assert.deepEqual(refusing(layers(3, 3, 3), layers(3, 1, 3)), []))
})
