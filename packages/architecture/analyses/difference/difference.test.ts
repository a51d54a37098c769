import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { graphOf, type Graph } from '../../graph.ts'
import type { Architecture } from '../../model.ts'
import { entriesOf } from '../entries.ts'
import { availability } from '../failure/availability.ts'
import { reachMatrix } from '../reach-matrix.ts'
import { generatedArchitecture } from '../../testing/generated.ts'
import { sketch, type Sketch } from '../../testing/sketch.ts'
import { needsOfEntries } from '../ways.ts'
import { difference, differenceOf } from './difference.ts'

const shop: Sketch = {
  components: {
    anyone: { kind: 'client' },
    storefront: { kind: 'client', scopes: ['orders:write'] },
    checkout: { replicas: 3 },
    payments: { replicas: 2 },
    orders: { kind: 'store', holds: ['personal'] },
  },
  operations: {
    'checkout.place': { access: 'consumers' },
    'checkout.view': { access: 'public', dataOut: ['public'] },
    'payments.charge': { dataOut: ['secret'] },
  },
  calls: {
    'anyone -> checkout.view': { authentication: 'none' },
    'storefront -> checkout.place': { authentication: 'api-key' },
    'checkout.place -> payments.charge': { attempts: 2 },
    'payments -> orders': {},
  },
}

test('a difference names who reaches what now, data among it, and the way there', () => {
  const calls = { ...shop.calls, 'checkout.view -> payments.charge': { attempts: 3 } }
  const {
    reach,
    availability: changed,
    amplification,
  } = differenceOf(sketch(shop), sketch({ ...shop, calls }))
  assert.deepEqual(
    reach.gained.changes.map(({ kind, target, callers, count }) => [
      kind,
      target,
      callers.map(({ id }) => id),
      count,
    ]),
    [
      ['operation', 'payments.charge', ['anyone'], 1],
      ['data class', 'secret', ['anyone'], 1],
      ['component', 'orders', ['anyone'], 1],
      ['data class', 'personal', ['anyone'], 1],
      ['component', 'payments', ['anyone'], 1],
    ],
  )
  assert.deepEqual(
    reach.gained.changes[3]?.way?.steps.map(({ to }) => to),
    ['checkout.view', 'payments.charge', 'orders'],
  )
  assert.deepEqual(reach.lost, { changes: [], skipped: 0 })
  const [first] = changed.changes
  assert.equal(first?.entry, 'checkout.view')
  assert.deepEqual(first.gained, ['orders', 'payments'])
  assert.ok(first.after.low < first.before.low)
  assert.deepEqual(
    amplification.changes.map(({ entry, target, before, after }) => [entry, target, before, after]),
    [
      ['checkout.view', 'orders', 1, 3],
      ['checkout.view', 'payments.charge', 1, 3],
    ],
  )
})

test('a service gains with its identity what it begins to call, and loses what it calls no longer', () => {
  const { 'payments -> orders': _gone, ...calls } = shop.calls ?? {}
  const changed = sketch({
    ...shop,
    components: { ...shop.components, mails: {} },
    calls: { ...calls, 'mails -> orders': {} },
  })
  const { gained, lost } = differenceOf(sketch(shop), changed).reach
  const told = ({ changes }: typeof gained) =>
    changes.map(({ target, callers }) => `${callers.map(({ id }) => id).join()} ${target}`)
  assert.deepEqual(told(gained), ['mails orders', 'mails personal'])
  assert.deepEqual(told(lost), [
    'storefront,checkout,payments orders',
    'storefront,checkout,payments personal',
  ])
})

test('nothing differs where nothing changed', () => {
  assert.deepEqual(differenceOf(sketch(shop), sketch(shop)), {
    entries: { added: [], removed: [] },
    reach: { gained: { changes: [], skipped: 0 }, lost: { changes: [], skipped: 0 } },
    availability: { changes: [], skipped: 0 },
    amplification: { changes: [], skipped: 0 },
  })
})

test('what is too much to look at is skipped, and counted', () => {
  const before = generatedArchitecture({ components: 300 })
  const first = before.components.find(({ kind }) => kind.value === 'service')
  const after = {
    ...before,
    components: before.components.map((one) => (one === first ? { ...one, replicas: undefined } : one)),
    calls: before.calls.filter(({ from }) => !from.startsWith('service-1')),
  }
  const { reach, amplification } = differenceOf(before, after, {
    mostWork: 1,
    mostEntries: 1,
    mostCallers: 2,
  })
  assert.ok(reach.lost.skipped > 0)
  assert.ok(amplification.skipped > 0)
  for (const { callers, count } of reach.lost.changes) assert.equal(callers.length, Math.min(2, count))
})

interface Draw {
  readonly calls: readonly { readonly from: number; readonly to: number; readonly attempts: number }[]
  readonly open: readonly boolean[]
  readonly classes: readonly number[]
}

const parts = ['shop', 'checkout', 'orders', 'payments', 'stock', 'mail'] as const
const nodes = [...parts, ...parts.map((id) => `${id}.run`)]
const dataClasses = ['public', 'internal', 'personal']

const drawn: fc.Arbitrary<Draw> = fc.record({
  calls: fc.array(
    fc.record({
      from: fc.nat(nodes.length - 1),
      to: fc.nat(nodes.length - 1),
      attempts: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 14 },
  ),
  open: fc.array(fc.boolean(), { minLength: parts.length, maxLength: parts.length }),
  classes: fc.array(fc.nat(2), { minLength: parts.length * 2, maxLength: parts.length * 2 }),
})

/** A shop that somebody may come into by published ports; with calls forwards alone where circles are not wanted. */
function architectureOf({ calls, open, classes }: Draw, circles: boolean): Architecture {
  const order = (node: number) => node % parts.length
  return sketch({
    components: Object.fromEntries(
      parts.map((id, at) => [
        id,
        {
          kind: at === 0 ? ('client' as const) : ('service' as const),
          replicas: 1 + (classes[at] ?? 0),
          ...(open[at] === true && at > 0 ? { published: [{ port: '80' }] } : {}),
          ...(classes[at] === 2 ? { holds: ['personal'] } : {}),
        },
      ]),
    ),
    operations: Object.fromEntries(
      parts.map((id, at) => [
        `${id}.run`,
        {
          dataOut: [dataClasses[classes[parts.length + at] ?? 0] ?? 'public'],
          ...(open[at] === true && at > 0
            ? { access: at % 2 === 0 ? ('public' as const) : ('consumers' as const) }
            : {}),
        },
      ]),
    ),
    calls: Object.fromEntries(
      calls
        .filter(({ from, to }) => from !== to && (circles || order(from) < order(to)))
        .map(({ from, to, attempts }) => [`${nodes[from] ?? ''} -> ${nodes[to] ?? ''}`, { attempts }]),
    ),
  })
}

/** `caller: kind target` for everything that a caller reaches, by following `callsOf` until nothing is new. */
function everythingReached(graph: Graph): ReadonlySet<string> {
  const found = new Set<string>()
  for (const caller of graph.once(reachMatrix).callers) {
    const isDrawn = graph.component(caller.id) !== undefined
    const doors = [
      ...graph.architecture.components.filter(({ published }) => published !== undefined),
      ...graph.architecture.operations.filter(({ access }) => access?.value === 'public'),
    ]
    const own = [caller, ...graph.operationsOf(caller.id)]
    const reached = new Set((isDrawn ? own : doors).map(({ id }) => id))
    for (const id of reached) for (const { to } of graph.callsOf(id)) reached.add(to)
    for (const id of reached) {
      const owner = graph.ownerOf(id)
      if (owner === undefined) continue
      const classes = [...(graph.operation(id)?.dataOut?.value ?? []), ...(owner.holds?.value ?? [])]
      for (const name of classes) found.add(`${caller.id}: data class ${name}`)
      if (owner.id === caller.id) continue
      found.add(`${caller.id}: component ${owner.id}`)
      if (graph.operation(id) !== undefined) found.add(`${caller.id}: operation ${id}`)
    }
  }
  return found
}

test('who gains and who loses reach is what following every call says', () => {
  fc.assert(
    fc.property(drawn, drawn, fc.boolean(), (one, other, circles) => {
      const [before, after] = [graphOf(architectureOf(one, circles)), graphOf(architectureOf(other, circles))]
      const { reach } = difference(before, after, { mostCallers: Infinity })
      const told = ({ changes }: typeof reach.gained) =>
        changes
          .flatMap(({ kind, target, callers }) => callers.map(({ id }) => `${id}: ${kind} ${target}`))
          .toSorted()
      const [then, now] = [everythingReached(before), everythingReached(after)]
      assert.deepEqual(told(reach.gained), [...now.difference(then)].toSorted())
      assert.deepEqual(told(reach.lost), [...then.difference(now)].toSorted())
    }),
    { numRuns: 300 },
  )
})

/** `entry target` → the largest product of attempts over every way from the entry, one way after the other. */
function everyProduct(graph: Graph): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const { id: entry } of entriesOf(graph)) {
    const waiting = [{ at: entry, product: 1 }]
    for (let way = waiting.pop(); way !== undefined; way = waiting.pop()) {
      for (const { to, attempts } of graph.callsOf(way.at)) {
        const product = way.product * (attempts?.value ?? 1)
        found.set(`${entry} ${to}`, Math.max(product, found.get(`${entry} ${to}`) ?? 1))
        waiting.push({ at: to, product })
      }
    }
  }
  return found
}

test('amplification changes where the worst of all ways changes, entry by entry', () => {
  fc.assert(
    fc.property(drawn, drawn, (one, other) => {
      const [before, after] = [graphOf(architectureOf(one, false)), graphOf(architectureOf(other, false))]
      const [then, now] = [everyProduct(before), everyProduct(after)]
      const entries = new Set(entriesOf(after).map(({ id }) => id))
      const expected = [...new Set([...then.keys(), ...now.keys()])]
        .filter((key) => (then.get(key) ?? 1) !== (now.get(key) ?? 1))
        .map((key) => `${key} ${then.get(key) ?? 1} ${now.get(key) ?? 1}`)
      const { changes } = difference(before, after).amplification
      const told = changes.map(
        ({ entry, target, before: was, after: is }) => `${entry} ${target} ${was} ${is}`,
      )
      assert.deepEqual(told.toSorted(), expected.toSorted())
      for (const { worst, after: is, entry } of changes)
        if (is > 1 && entries.has(entry)) assert.equal(worst.attempts, is)
    }),
    { numRuns: 300 },
  )
})

test('availability changes where that of an entry, or what it needs, is another one', () => {
  fc.assert(
    fc.property(drawn, drawn, (one, other) => {
      const [before, after] = [graphOf(architectureOf(one, true)), graphOf(architectureOf(other, true))]
      const told = new Map(
        difference(before, after).availability.changes.map((change) => [change.entry, change]),
      )
      const needsIn = (graph: Graph, id: string) =>
        [
          ...(needsOfEntries(graph)
            .find(({ entry }) => entry.id === id)
            ?.needs.keys() ?? []),
        ].toSorted()
      for (const { id } of entriesOf(after)) {
        if (!entriesOf(before).some((entry) => entry.id === id)) continue
        const [was, is] = [availability(before, id).interval, availability(after, id).interval]
        const [needed, needs] = [needsIn(before, id), needsIn(after, id)]
        const differs = was.low !== is.low || was.high !== is.high || needed.join() !== needs.join()
        assert.equal(told.has(id), differs)
        if (differs) {
          const { before: told_, after: now, gained } = told.get(id) ?? assert.fail()
          assert.deepEqual([told_, now], [was, is])
          assert.deepEqual(
            gained,
            needs.filter((part) => !needed.includes(part)),
          )
        }
      }
    }),
    { numRuns: 100 },
  )
})
