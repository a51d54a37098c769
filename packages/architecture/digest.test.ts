import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generatedArchitecture } from './testing/generated.ts'
import { sketch } from './testing/sketch.ts'
import { architectureDigest } from './digest.ts'
import type { Architecture, Call } from './model.ts'

const shop = generatedArchitecture({ components: 60 })

test('the order of lists and the place of facts change nothing', () => {
  const moved = (call: Call): Call => ({ ...call, evidence: { file: 'moved.yaml', line: 7 } })
  const turned: Architecture = {
    ...shop,
    components: shop.components.toReversed(),
    operations: shop.operations.toReversed(),
    calls: shop.calls.map(moved).toReversed(),
  }
  assert.equal(architectureDigest(turned), architectureDigest(shop))
})

test('two calls between the same ends count in any order, and each counts', () => {
  const drawn = sketch({
    components: { checkout: {}, orders: {} },
    calls: { 'checkout -> orders': { attempts: 2 } },
  })
  const [first] = drawn.calls
  assert.ok(first !== undefined)
  const second = { ...first, attempts: { value: 3, evidence: {} } }
  const both = architectureDigest({ ...drawn, calls: [first, second] })
  assert.equal(architectureDigest({ ...drawn, calls: [second, first] }), both)
  assert.notEqual(architectureDigest({ ...drawn, calls: [first, first] }), both)
})

test('every changed value changes it, under whatever name it stands', () => {
  const [component, ...others] = shop.components
  const odd = JSON.parse('{ "__proto__": { "value": "admin", "evidence": {} } }') as object
  for (const part of [{ replicas: { value: 99, evidence: {} } }, { id: 'service-zero' }]) {
    const changed = { ...shop, components: [{ ...component, ...part }, ...others] } as Architecture
    assert.notEqual(architectureDigest(changed), architectureDigest(shop))
  }
  const hidden = { ...shop, components: [Object.assign(odd, component), ...others] } as Architecture
  assert.notEqual(architectureDigest(hidden), architectureDigest(shop))
  assert.notEqual(
    architectureDigest({ ...shop, dataClasses: shop.dataClasses.toReversed() }),
    architectureDigest(shop),
  )
})
