import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Places } from './places.ts'

test('a place that is given back can be taken again', () => {
  const places = new Places()
  const limit = { total: 1, share: 1 }
  {
    using _place = places.take('storefront', limit)
    assert.throws(() => places.take('partner', limit), { code: 'OVERLOADED', status: 503 })
  }
  assert.equal(places.taken, 0)
  using _again = places.take('partner', limit)
  assert.equal(places.taken, 1)
})

test('one party gets its share and no more, so that the others get in', () => {
  const places = new Places()
  const limit = { total: 8, share: 1 / 4 }
  using _first = places.take('slow', limit)
  using _second = places.take('slow', limit)
  assert.throws(() => places.take('slow', limit), { code: 'RATE_EXCEEDED', status: 429 })
  using _other = places.take('storefront', limit)
  assert.equal(places.taken, 3)
})

test('everybody has one place at least', () => {
  using place = new Places().take('storefront', { total: 3, share: 1 / 20 })
  assert.ok(place)
})
