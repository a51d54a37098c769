import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call, Component, Evidence, Fact } from '../model.ts'
import { mergeParts } from './merge.ts'

function at<T>(value: T, line: number, how?: Evidence['how']): Fact<T> {
  return { value, evidence: { file: 'shop.yaml', line, ...(how === undefined ? {} : { how }) } }
}

function cart(facts: Partial<Component>, kind: Component['kind'] = at('service', 1, 'inferred')): Component {
  return { id: 'cart', kind, evidence: { file: 'shop.yaml', line: 1 }, ...facts }
}

function merged(...components: readonly Component[]) {
  return mergeParts(
    'shop',
    components.map((component, index) => ({ format: `format ${index}`, part: { components: [component] } })),
  )
}

test('a component of two formats has the facts of both, the declared before the observed before the inferred', () => {
  const { components, notes } = merged(
    cart({ replicas: at(1, 2, 'inferred'), image: at('acme/cart', 3), hardening: { root: at(true, 4) } }),
    cart({
      replicas: at(3, 5),
      image: at('other/cart', 6),
      hardening: { privileged: at(false, 7) },
      zone: at('inner', 8),
    }),
  )
  const [one, ...others] = components
  assert.deepEqual(others, [])
  assert.equal(one?.replicas?.value, 3)
  assert.equal(one?.image?.value, 'acme/cart')
  assert.equal(one?.zone?.value, 'inner')
  assert.deepEqual(Object.keys(one?.hardening ?? {}).toSorted(), ['privileged', 'root'])
  assert.deepEqual(notes, [])
})

test('a kind that says more than service wins over an inferred service', () => {
  assert.equal(merged(cart({}), cart({}, at('store', 2, 'inferred'))).components[0]?.kind.value, 'store')
  assert.equal(merged(cart({}, at('store', 2, 'inferred')), cart({})).components[0]?.kind.value, 'store')
  assert.equal(
    merged(cart({}, at('service', 1)), cart({}, at('store', 2, 'inferred'))).components[0]?.kind.value,
    'service',
  )
})

test('two declarations of one format that contradict each other are noted, and the first counts', () => {
  const components = [
    cart({ image: at('acme/cart:1', 3), owner: at('shop', 4) }),
    cart({ image: at('acme/cart:2', 9), owner: at('shop', 5) }),
  ]
  const shop = mergeParts('shop', [{ format: 'compose', part: { components } }])
  assert.equal(shop.components[0]?.image?.value, 'acme/cart:1')
  assert.deepEqual(
    shop.notes.map(({ message }) => message),
    ['cart is declared twice, with different image; the first counts'],
  )
})

test('a call that was found twice is one call, with the evidence of the finding that tells more', () => {
  const call = (line: number, facts: Partial<Call>): Call => ({
    from: 'cart',
    to: 'db',
    evidence: { file: 'shop.yaml', line },
    ...facts,
  })
  const { calls } = mergeParts('shop', [
    {
      format: 'compose',
      part: { components: [], calls: [call(1, { required: at(false, 1) }), { ...call(5, {}), from: 'a' }] },
    },
    {
      format: 'otlp',
      part: { components: [], calls: [call(2, { protocol: at('mysql', 2), observed: at(7, 2) })] },
    },
  ])
  assert.deepEqual(
    calls.map(({ from, to }) => `${from} → ${to}`),
    ['a → db', 'cart → db'],
  )
  assert.equal(calls[1]?.evidence.line, 2)
  assert.equal(calls[1]?.required?.value, false)
  assert.equal(calls[1]?.protocol?.value, 'mysql')
})
