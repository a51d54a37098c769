import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { canonicalJson } from '@plimsoll/base'
import { analyse } from './analyse.ts'
import { sketch } from './rules/example.ts'

const architecture = sketch({
  components: {
    storefront: { kind: 'client' },
    orders: { replicas: 2, availability: 0.99 },
    payments: { replicas: 1, availability: 0.9 },
    ledger: { kind: 'store', replicas: 1, availability: 0.999 },
  },
  operations: {
    'orders.place': { access: 'consumers', dataIn: ['personal'] },
    'payments.charge': { access: 'services', dataOut: ['confidential'] },
  },
  calls: {
    'storefront -> orders.place': {},
    'orders.place -> payments.charge': { attempts: 3 },
    'payments.charge -> ledger': { attempts: 2 },
  },
})

suite('the answers of all analyses', () => {
  test('are plain data, and the same for the same architecture', () => {
    const analysis = analyse(architecture)
    assert.deepEqual(JSON.parse(canonicalJson(analysis)), analysis)
    assert.deepEqual(analyse(architecture), analysis)
  })

  test('tell of an entry what it needs, how likely it answers, and what takes it down', () => {
    const [place] = analyse(architecture).entries
    assert.equal(place?.entry, 'orders.place')
    assert.deepEqual(place.needs.toSorted(), ['ledger', 'orders', 'payments'])
    assert.ok(Math.abs(place.availability.high - 0.9999 * 0.9 * 0.999) < 1e-9)
    assert.deepEqual(place.availability.unknown, ['on which hosts the replicas of orders lie'])
    const sets = new Set(place.cutSets.map(({ events }) => events.join(' and ')))
    assert.ok(sets.has('replica payments#1'))
    assert.ok(sets.has('replica orders#1 and replica orders#2'))
  })

  test('tell how calls multiply, who reaches what, and where data goes', () => {
    const { amplification, reach, flows } = analyse(architecture)
    assert.equal(amplification.find(({ target }) => target === 'ledger')?.attempts, 6)
    const storefront = reach.find(({ caller }) => caller === 'storefront')
    assert.ok(storefront?.operations.includes('payments.charge'))
    assert.ok(
      flows.some(({ dataClass, component }) => dataClass === 'confidential' && component === 'orders'),
    )
  })
})
