import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { graphOf, isNeeded } from '../graph.ts'
import type { Architecture } from '../model.ts'
import { amplifications } from './amplification.ts'
import { synchronousCycles } from './cycles.ts'
import { entriesOf } from './entries.ts'
import { allEdges, neededEdges, numbered } from './numbered.ts'
import { condensed } from './strong.ts'
import { generatedArchitecture } from '../testing/generated.ts'
import { sketch } from '../testing/sketch.ts'
import { lazyMap, walkFrom } from './walk.ts'
import { neededBy } from './needed-by.ts'
import { needsOfEntries } from './ways.ts'

/** Random architectures with calls between operations and components, circles among them. */
const architectures = fc
  .array(
    fc.record({
      from: fc.nat(9),
      to: fc.nat(9),
      required: fc.constantFrom(true, undefined, false),
      attempts: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 24 },
  )
  .map((calls): Architecture => {
    const components = ['checkout', 'orders', 'payments', 'stock', 'mail']
    const nodes = [...components, ...components.map((id) => `${id}.run`)]
    return sketch({
      components: Object.fromEntries(components.map((id) => [id, {}])),
      operations: Object.fromEntries(
        components.map((id, at) => [`${id}.run`, at < 2 ? { access: 'consumers' as const } : {}]),
      ),
      calls: Object.fromEntries(
        calls.map(({ from, to, ...facts }) => [`${nodes[from] ?? ''} -> ${nodes[to] ?? ''}`, facts]),
      ),
    })
  })

/** What is reached over `callsOf`, by trying again until nothing changes, with the distance. */
function reachedSlowly(
  architecture: Architecture,
  start: string,
  needed: boolean,
): ReadonlyMap<string, number> {
  const graph = graphOf(architecture)
  const reached = new Map([[start, 0]])
  for (let distance = 1; distance <= 20; distance += 1) {
    for (const [id, at] of Array.from(reached)) {
      if (at !== distance - 1) continue
      for (const call of graph.callsOf(id))
        if ((!needed || isNeeded(call)) && !reached.has(call.to)) reached.set(call.to, distance)
    }
  }
  return reached
}

test('a walk reaches what calls reach, each by a shortest way', () => {
  fc.assert(
    fc.property(architectures, (architecture) => {
      const graph = graphOf(architecture)
      const nodes = graph.once(numbered)
      const walk = walkFrom([nodes.numberOf('checkout.run')], nodes, graph.once(allEdges))
      const truth = reachedSlowly(architecture, 'checkout.run', false)
      assert.deepEqual(new Set(walk.reached.map((node) => nodes.ids[node])), new Set(truth.keys()))
      for (const [id, distance] of truth) {
        const way = walk.wayTo(nodes.numberOf(id))
        assert.equal(way.length, distance)
        assert.equal(way.at(-1)?.to ?? 'checkout.run', id)
      }
    }),
  )
})

test('groups of the condensation are what reaches each other, callees first', () => {
  fc.assert(
    fc.property(architectures, (architecture) => {
      const graph = graphOf(architecture)
      const nodes = graph.once(numbered)
      const { groupOf, groups } = condensed(graph.once(allEdges))
      const reach = nodes.ids.map((id) => reachedSlowly(architecture, id, false))
      for (const [a, from] of nodes.ids.entries()) {
        for (const [b, to] of nodes.ids.entries()) {
          const both = reach[a]?.has(to) === true && reach[b]?.has(from) === true
          assert.equal(groupOf[a] === groupOf[b], both)
          if (reach[a]?.has(to) === true) assert.ok((groupOf[b] ?? 0) <= (groupOf[a] ?? 0))
        }
      }
      assert.equal(groups.flat().length, nodes.ids.length)
    }),
  )
})

test('a chain of a hundred thousand calls exhausts no stack', () => {
  const ids = Array.from({ length: 100_000 }, (_, at) => `part-${at}`)
  const graph = graphOf(
    sketch({
      components: Object.fromEntries(ids.map((id) => [id, {}])),
      calls: Object.fromEntries(ids.slice(1).map((id, at) => [`part-${at} -> ${id}`, {}])),
    }),
  )
  assert.equal(condensed(graph.once(allEdges)).groups.length, 100_000)
})

test('what all entries need at once is what each needs by itself', () => {
  fc.assert(
    fc.property(architectures, (architecture) => {
      const graph = graphOf(architecture)
      const all = graph.once(neededBy)
      for (const { entry, needs } of needsOfEntries(graph)) {
        const together = [...all.values()].filter(({ entries }) => entries.includes(entry.id))
        assert.deepEqual(new Set(together.map(({ component }) => component)), new Set(needs.keys()))
        const slow = reachedSlowly(architecture, entry.id, true)
        assert.deepEqual(new Set([...slow.keys()].map((id) => id.split('.')[0])), new Set(needs.keys()))
        for (const { component, wayFrom } of together)
          assert.deepEqual(wayFrom(entry.id), needs.get(component))
      }
      for (const { count, entries } of all.values()) assert.equal(count, entries.length)
    }),
  )
})

test('an amplification is the product along a way that goes through nothing twice', () => {
  fc.assert(
    fc.property(architectures, (architecture) => {
      const graph = graphOf(architecture)
      const entries = new Set(entriesOf(graph).map(({ id }) => id))
      for (const { entry, target, attempts, way } of amplifications(graph)) {
        assert.ok(entries.has(entry))
        assert.equal(way.at(-1)?.to, target)
        assert.equal(new Set(way.map(({ to }) => to)).size, way.length)
        assert.equal(
          way.reduce((product, call) => product * (call.attempts?.value ?? 1), 1),
          attempts,
        )
      }
    }),
  )
})

test('without a circle the amplification is the largest product of all ways', () => {
  const graph = graphOf(
    sketch({
      components: { checkout: {}, orders: {}, payments: {}, card: { kind: 'external' } },
      operations: { 'checkout.place': { access: 'public' }, 'orders.book': {}, 'payments.charge': {} },
      calls: {
        'checkout.place -> payments.charge': { attempts: 2 },
        'checkout.place -> orders.book': { attempts: 3, perRequest: 5 },
        'orders.book -> payments.charge': { attempts: 3 },
        'payments.charge -> card': { attempts: 2 },
      },
    }),
  )
  const [worst] = amplifications(graph)
  assert.deepEqual([worst?.target, worst?.attempts, worst?.fanOut], ['card', 18, 5])
})

test('the example of a circle is a shortest one', () => {
  const graph = graphOf(
    sketch({
      components: { checkout: {}, orders: {}, payments: {}, mail: {} },
      calls: {
        'checkout -> orders': {},
        'orders -> payments': {},
        'payments -> checkout': {},
        'payments -> orders': {},
        'checkout -> mail': { synchronous: false },
        'mail -> checkout': {},
      },
    }),
  )
  const [cycle, ...others] = synchronousCycles(graph)
  assert.equal(others.length, 0)
  assert.deepEqual(cycle?.members, ['checkout', 'orders', 'payments'])
  assert.deepEqual(
    cycle.example.map(({ to }) => to).toSorted((a, b) => (a < b ? -1 : 1)),
    ['orders', 'payments'],
  )
})

test('a lazy map works out only what is read, once', () => {
  const asked: string[] = []
  const map = lazyMap(['card', 'cart'], (key) => {
    asked.push(key)
    return key.length
  })
  assert.equal(map.size, 2)
  assert.equal(map.get('card'), 4)
  assert.equal(map.get('card'), 4)
  assert.deepEqual(asked, ['card'])
  assert.deepEqual(
    [...map],
    [
      ['card', 4],
      ['cart', 4],
    ],
  )
})

test('a generated architecture is the same for the same seed, and has calls of every needed kind', () => {
  const first = generatedArchitecture({ components: 300, seed: 4 })
  assert.deepEqual(first, generatedArchitecture({ components: 300, seed: 4 }))
  assert.notDeepEqual(first, generatedArchitecture({ components: 300, seed: 5 }))
  assert.ok(graphOf(first).once(neededEdges).ends.length > 300)
})
