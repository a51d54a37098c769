import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { shop } from '../testing/architectures.ts'
import { sketch } from '../../rules/example.ts'
import { acyclic } from './acyclic.ts'
import { columnsOf } from './columns.ts'
import { drawingOf } from './drawing.ts'
import { layOut, type Box, type Layout } from './layout.ts'
import { mostBoxes } from './model.ts'
import { crossings, ordered } from './order.ts'

/** Small graphs with circles, zones and things that nobody calls. */
const architectures = fc
  .record({
    zones: fc.array(fc.constantFrom('edge', 'core', 'vault', undefined), { minLength: 1, maxLength: 30 }),
    calls: fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { maxLength: 60 }),
  })
  .map(({ zones, calls }) =>
    sketch({
      components: Object.fromEntries(
        zones.map((zone, at) => [`service-${at}`, zone === undefined ? {} : { zone }]),
      ),
      calls: Object.fromEntries(
        calls.map(([from, to]) => [`service-${from % zones.length} -> service-${to % zones.length}`, {}]),
      ),
    }),
  )

suite('the layout of a map', () => {
  test('no two boxes overlap', () => {
    fc.assert(
      fc.property(architectures, (architecture) => {
        const { nodes } = layOut(drawingOf(architecture))
        for (const [at, box] of nodes.entries())
          for (const other of nodes.slice(at + 1))
            assert.ok(!overlap(box, other), `${box.id} lies on ${other.id}`)
      }),
    )
  })

  test('a zone holds its own boxes and no others', () => {
    fc.assert(
      fc.property(architectures, (architecture) => {
        const { nodes, groups } = layOut(drawingOf(architecture))
        for (const group of groups.filter(({ id }) => id !== 'unlinked')) {
          for (const node of nodes.filter((box) => overlap(box, group)))
            if (isLinked(architecture.calls, node.id)) assert.equal(node.group, group.id)
        }
      }),
    )
  })

  test('every call is drawn from its caller to its callee, inside of the picture', () => {
    fc.assert(
      fc.property(architectures, (architecture) => {
        const layout = layOut(drawingOf(architecture))
        for (const { from, to, points } of layout.links) {
          const [first, last] = [points[0], points.at(-1)]
          assert.ok(first !== undefined && touches(layout, from, first), `begins at ${from}`)
          assert.ok(last !== undefined && touches(layout, to, last), `ends at ${to}`)
          for (const { x, y } of points)
            assert.ok(x >= 0 && y >= 0 && x <= layout.width && y <= layout.height)
        }
      }),
    )
  })

  test('the same architecture is always drawn the same, whatever the order of its lists', () => {
    const architecture = shop()
    const { calls, components } = architecture
    const turned = { ...architecture, calls: calls.toReversed(), components: components.toReversed() }
    assert.deepEqual(layOut(drawingOf(turned)), layOut(drawingOf(architecture)))
  })

  test('callers stand left of what they call, clients first', () => {
    const { nodes } = layOut(drawingOf(shop()))
    const x = (id: string) => nodes.find((node) => node.id === id)?.x ?? Number.NaN
    assert.ok(x('storefront') < x('gateway'))
    assert.ok(x('gateway') < x('orders'))
    assert.ok(x('orders') < x('payments'))
    assert.ok(x('payments') < x('payment-provider'))
  })

  test('what everybody calls stands on the right, even where it calls somebody back', () => {
    const services = ['orders', 'catalog', 'payments']
    const edges = [
      ...services.map((from) => ({ from, to: 'collector' })),
      { from: 'collector', to: 'orders' },
    ]
    const turned = acyclic([...services, 'collector'], edges).filter(({ reversed }) => reversed)
    assert.deepEqual(turned, [{ from: 'orders', to: 'collector', reversed: true }])
  })

  test('turning edges round leaves no circle', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 40 }), (pairs) => {
        const edges = pairs.filter(([a, b]) => a !== b).map(([a, b]) => ({ from: `s${a}`, to: `s${b}` }))
        const nodes = Array.from({ length: 10 }, (_, at) => `s${at}`)
        let left = acyclic(nodes, edges)
        for (let size = Infinity; left.length < size;) {
          size = left.length
          const called = new Set(left.map(({ to }) => to))
          left = left.filter(({ from }) => called.has(from))
        }
        assert.equal(left.length, 0)
      }),
    )
  })

  test('sweeps take a crossing away that the names would draw', () => {
    const nodes = ['a', 'b', 'x', 'y'].map((id) => ({ id, lane: 0 }))
    const edges = [
      { from: 'a', to: 'y', reversed: false },
      { from: 'b', to: 'x', reversed: false },
    ]
    const layers = new Map([
      ['a', 0],
      ['b', 0],
      ['x', 1],
      ['y', 1],
    ])
    const columns = columnsOf(nodes, edges, layers)
    assert.equal(crossings(columns), 1)
    assert.equal(crossings(ordered(columns)), 0)
  })

  test('a chain of 5,000 services and a circle of 2,000 are laid out', () => {
    const chain = Array.from({ length: 4_999 }, (_, at) => ({ from: `s${at}`, to: `s${at + 1}` }))
    const nodes = Array.from({ length: 5_000 }, (_, at) => `s${at}`)
    const circle = [...chain.slice(0, 1_999), { from: 's1999', to: 's0' }]
    assert.equal(acyclic(nodes, chain).filter(({ reversed }) => reversed).length, 0)
    assert.equal(acyclic(nodes, circle).filter(({ reversed }) => reversed).length, 1)
  })

  test('too many components become one box for each team, and every component is in one', () => {
    const teams = ['billing', 'catalog', 'checkout', 'identity', 'search', 'shipping']
    const ids = Array.from({ length: 1_000 }, (_, at) => `${teams[at % teams.length] ?? ''}-api-${at}`)
    const architecture = sketch({
      components: Object.fromEntries(ids.map((id) => [id, {}])),
      calls: Object.fromEntries(ids.slice(1).map((id, at) => [`${ids[at] ?? ''} -> ${id}`, {}])),
    })
    const map = drawingOf(architecture)
    assert.equal(map.collapsedBy, 'name')
    assert.deepEqual(
      map.nodes.map(({ id }) => id),
      teams,
    )
    assert.ok(map.nodes.length <= mostBoxes)
    assert.equal(new Set(map.nodes.flatMap(({ components }) => components)).size, 1_000)
    assert.ok(layOut(map).links.length > 0)
  })

  test('an empty architecture is an empty picture', () => {
    const { nodes, links, width } = layOut(drawingOf(sketch({})))
    assert.deepEqual([nodes, links], [[], []])
    assert.ok(width > 0)
  })
})

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function touches(
  { nodes }: Layout,
  id: string,
  { x, y }: { readonly x: number; readonly y: number },
): boolean {
  const box = nodes.find((node) => node.id === id)
  if (box === undefined) return false
  return x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y - 1 && y <= box.y + box.height + 1
}

function isLinked(calls: readonly { readonly from: string; readonly to: string }[], id: string): boolean {
  return calls.some(({ from, to }) => from !== to && (from === id || to === id))
}
