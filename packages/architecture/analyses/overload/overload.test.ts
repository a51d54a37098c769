import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphOf } from '../../graph.ts'
import { sketch } from '../../testing/sketch.ts'
import { overload } from './overload.ts'

const entry = 'checkout.place'

/** Checkout asks payments, which answers 100 requests a second. */
function chain(call: object, payments: object = {}) {
  return graphOf(
    sketch({
      components: {
        checkout: { replicas: 2, capacity: 1000 },
        payments: { replicas: 2, capacity: 50, ...payments },
      },
      operations: { [entry]: { access: 'public', deadlineMs: 3000 }, 'payments.charge': {} },
      calls: { [`${entry} -> payments.charge`]: { timeoutMs: 500, attempts: 3, ...call } },
    }),
  )
}

test('an entry collapses at the rate of its slowest part', () => {
  const [found] = overload(chain({ attempts: 1 }), { seed: 1 })
  assert.equal(found?.bottleneck, 'payments')
  assert.ok(
    found.collapsesAt !== undefined && found.collapsesAt > 90 && found.collapsesAt < 115,
    `${found.collapsesAt}`,
  )
})

test('three attempts keep an overload alive from a third of the rate on', () => {
  const [found] = overload(chain({}), { seed: 1, load: 60 })
  assert.equal(found?.recovers, false)
  assert.ok(
    found.metastableFrom !== undefined && found.metastableFrom > 33 && found.metastableFrom < 42,
    `${found.metastableFrom}`,
  )
  const [below] = overload(chain({}), { seed: 1, load: 25 })
  assert.equal(below?.recovers, true)
})

test('one attempt recovers when the spike is over', () => {
  const [found] = overload(chain({ attempts: 1 }), { seed: 1, load: 60 })
  assert.equal(found?.recovers, true)
})

test('a retry budget, a circuit breaker and a bounded queue each let it recover', () => {
  for (const graph of [
    chain({ retryBudget: true }),
    chain({ circuitBreaker: true }),
    chain({}, { traits: { 'load-shedding': true } }),
  ])
    assert.equal(overload(graph, { seed: 1, load: 60 })[0]?.recovers, true)
})

test('a slow callee is a trigger like a spike', () => {
  const [found] = overload(chain({}), {
    seed: 1,
    load: 60,
    trigger: { kind: 'slow', factor: 0.2, seconds: 10 },
  })
  assert.equal(found?.trigger.component, 'payments')
  assert.equal(found.recovers, false)
})

test('where no rate is known nothing is said', () => {
  const graph = graphOf(
    sketch({ components: { checkout: {} }, operations: { [entry]: { access: 'public' } } }),
  )
  const [found] = overload(graph, { seed: 1 })
  assert.equal(found?.evidenced, false)
  assert.deepEqual(found.unknown, ['how many requests a second checkout answers'])
})

test('the same seed gives the same answer', () => {
  assert.deepEqual(overload(chain({}), { seed: 7, load: 60 }), overload(chain({}), { seed: 7, load: 60 }))
})

test('an architecture that is too large is not simulated', () => {
  const [found] = overload(chain({}), { seed: 1, work: 100 })
  assert.equal(found?.evidenced, false)
})
