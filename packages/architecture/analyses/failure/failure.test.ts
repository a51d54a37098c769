import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { graphOf, type Graph } from '../../graph.ts'
import type { Architecture } from '../../model.ts'
import { entriesOf } from '../entries.ts'
import { sketch } from '../../testing/sketch.ts'
import { availability } from './availability.ts'
import { cutSets } from './cut-sets.ts'
import { componentFailures, type BasicEvent } from './events.ts'
import { importances } from './importance.ts'
import { cheapestRedundancy } from './redundancy.ts'
import { singlePoints } from './single-points.ts'
import { faultTree } from './tree.ts'

const entry = 'checkout.place'

test('a store with one replica is a single point of failure, two replicas on one host share it', () => {
  const graph = graphOf(
    sketch({
      components: {
        checkout: { replicas: 2, hosts: ['eu-1/a', 'eu-2/b'] },
        orders: { kind: 'store', replicas: 1 },
        payments: { replicas: 2, hosts: ['eu-1/a'] },
        card: { kind: 'external' },
      },
      operations: { [entry]: { access: 'consumers' }, 'payments.charge': {} },
      calls: { [`${entry} -> payments.charge`]: {}, 'checkout -> orders': {}, 'payments.charge -> card': {} },
    }),
  )
  const { sets, complete } = cutSets(graph, entry)
  assert.deepEqual(
    sets.map(({ events }) => events.map(({ id }) => id).join(' + ')),
    [
      'component card',
      'host eu-1/a',
      'replica orders#1',
      'zone eu-1',
      'host eu-2/b + replica checkout#1',
      'replica checkout#1 + replica checkout#2',
      'replica checkout#1 + zone eu-2',
      'replica payments#1 + replica payments#2',
    ],
  )
  assert.ok(complete)
  const card = sets.find(({ component }) => component === 'card')
  assert.deepEqual(
    card?.way.map(({ to }) => to),
    ['payments.charge', 'card'],
  )
})

test('what carries a call may need something that is carried again: all of it is needed', () => {
  const graph = graphOf(
    sketch({
      components: {
        checkout: { replicas: 2, spread: true },
        mesh: { kind: 'broker', replicas: 2, spread: true },
        settings: { kind: 'store', replicas: 2, spread: true },
        card: { kind: 'store', replicas: 2, spread: true },
        tunnel: { replicas: 1 },
      },
      operations: { [entry]: { access: 'public' } },
      calls: {
        'checkout -> card': { through: 'mesh' },
        'mesh -> settings': {},
        'settings -> card': { through: 'tunnel' },
      },
    }),
  )
  assert.deepEqual(
    singlePoints(graph).map(({ event }) => event.id),
    ['replica tunnel#1'],
  )
  assert.deepEqual(
    cutSets(graph, entry, { order: 1 }).sets.map(({ events }) => events.map(({ id }) => id)),
    [['replica tunnel#1']],
  )
})

test('an unknown number of replicas is no evidence of a single point', () => {
  const graph = graphOf(
    sketch({ components: { checkout: {} }, operations: { [entry]: { access: 'public' } }, calls: {} }),
  )
  const [single] = singlePoints(graph)
  assert.equal(single?.event.evidenced, false)
  assert.deepEqual(availability(graph, entry).unknown, ['how many replicas of checkout run'])
  assert.deepEqual(availability(graph, entry).interval, { low: 0.99, high: 0.9999 })
})

test('a secret that independent replicas share is a common cause with every component that it takes along', () => {
  const graph = graphOf(
    sketch({
      components: {
        checkout: { replicas: 2, spread: true, secrets: ['signing-key'] },
        payments: { replicas: 3, spread: true, secrets: ['signing-key'] },
      },
      operations: { [entry]: { access: 'public' }, 'payments.charge': {} },
      calls: { [`${entry} -> payments.charge`]: {} },
    }),
  )
  const points = singlePoints(graph)
  assert.deepEqual(
    points.map(({ event, components, count }) => [event.id, components, count]),
    [['secret signing-key', ['checkout', 'payments'], 1]],
  )
  assert.deepEqual(
    points[0]?.wayFrom(entry).map(({ to }) => to),
    ['payments.charge'],
  )
})

test('more cut sets than asked for are cut off, and it says so', () => {
  const names = Array.from({ length: 30 }, (_, at) => `part-${at}`)
  const graph = graphOf(
    sketch({
      components: {
        checkout: { replicas: 1 },
        ...Object.fromEntries(names.map((name) => [name, { replicas: 1 }])),
      },
      operations: { [entry]: { access: 'public' } },
      calls: Object.fromEntries(names.map((name) => [`${entry} -> ${name}`, {}])),
    }),
  )
  const { sets, complete } = cutSets(graph, entry, { most: 10 })
  assert.equal(sets.length, 10)
  assert.equal(complete, false)
  assert.equal(cutSets(graph, entry).complete, true)
})

test('the cheapest redundancy repeats what is weakest, and says what replicas do not help against', () => {
  const graph = graphOf(
    sketch({
      components: {
        checkout: { replicas: 2, spread: true, availability: 0.999 },
        payments: { replicas: 1, availability: 0.99 },
        orders: { kind: 'store', replicas: 1, availability: 0.999 },
        card: { kind: 'external', availability: 0.9999 },
      },
      operations: { [entry]: { access: 'public' }, 'payments.charge': {} },
      calls: { [`${entry} -> payments.charge`]: {}, 'checkout -> orders': {}, 'payments.charge -> card': {} },
    }),
  )
  const found = cheapestRedundancy(graph, entry, 0.9985)
  assert.deepEqual(found.changes, [{ component: 'payments', replicas: 1 }])
  assert.ok(found.reached && found.method === 'exact')
  const never = cheapestRedundancy(graph, entry, 0.99995)
  assert.equal(never.reached, false)
  assert.deepEqual(
    never.limits.map(({ id }) => id),
    ['component card'],
  )
})

/** Small random architectures with everything that is shared: hosts, zones, secrets, carriers, circles, optional calls. */
const architectures = fc
  .record({
    parts: fc.array(
      fc.record({
        replicas: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        hosts: fc.option(fc.subarray(['a', 'b', 'z/c', 'z/d'], { minLength: 1, maxLength: 3 }), {
          nil: undefined,
        }),
        spread: fc.boolean(),
        secrets: fc.subarray(['key', 'token'], { maxLength: 1 }),
        availability: fc.double({ min: 0.05, max: 0.999, noNaN: true }),
        kind: fc.constantFrom('service', 'store', 'external', 'service'),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    calls: fc.array(
      fc.record({
        from: fc.nat(11),
        to: fc.nat(11),
        through: fc.option(fc.nat(5), { nil: undefined }),
        required: fc.constantFrom(true, undefined, false),
      }),
      { maxLength: 14 },
    ),
  })
  .map(({ parts, calls }) => {
    const ids = parts.map((_, at) => `c${at}`)
    const nodes = [...ids, ...ids.map((id) => `${id}.run`)]
    const name = (at: number) => nodes[at % nodes.length] ?? ''
    return sketch({
      components: Object.fromEntries(parts.map((part, at) => [ids[at], part])),
      operations: Object.fromEntries(
        ids.map((id, at) => [`${id}.run`, at < 2 ? { access: 'public' as const } : {}]),
      ),
      calls: Object.fromEntries(
        calls.map(({ from, to, through, required }) => [
          `${name(from)} -> ${name(to)}`,
          { required, through: through === undefined ? undefined : ids[through % ids.length] },
        ]),
      ),
    })
  })
  .filter((architecture) => faultTree(graphOf(architecture), 'c0.run').events.length <= 16)

test('cut sets, availability and importance are those of trying every state', () => {
  fc.assert(
    fc.property(architectures, (architecture) => {
      const graph = graphOf(architecture)
      const truth = triedStates(graph, 'c0.run')
      const close = (value: number | undefined, exact: number) =>
        assert.ok(value !== undefined && Math.abs(value - exact) <= 1e-12, `${value} is not ${exact}`)
      const found = availability(graph, 'c0.run')
      assert.ok(found.exact)
      close(found.interval.low, 1 - truth.probability('low'))
      close(found.interval.high, 1 - truth.probability('high'))
      const sets = cutSets(graph, 'c0.run').sets.map(({ events }) =>
        events
          .map(({ id }) => id)
          .toSorted()
          .join(' '),
      )
      assert.deepEqual(
        sets.toSorted(),
        truth.minimal
          .filter((set) => set.length <= 3)
          .map((set) => set.toSorted().join(' '))
          .toSorted(),
      )
      const measures = importances(graph, 'c0.run') ?? []
      assert.equal(measures.length, truth.relevant.length)
      for (const { event, birnbaum, fussellVesely } of measures) {
        close(birnbaum, truth.birnbaum(event))
        close(fussellVesely, truth.fussellVesely(event))
      }
      const rough = availability(graph, 'c0.run', { nodes: 4 }).interval
      assert.ok(rough.low <= found.interval.low + 1e-12 && rough.high >= found.interval.high - 1e-12)
    }),
    { numRuns: 400 },
  )
})

test('the single points of all entries are the cut sets of order 1 of each', () => {
  fc.assert(
    fc.property(architectures, (architecture) => {
      const graph = graphOf(architecture)
      const points = singlePoints(graph)
      for (const { id } of entriesOf(graph)) {
        const one = cutSets(graph, id, { order: 1 }).sets.map(({ events }) => events[0]?.id)
        const all = points.filter(({ entries }) => entries.includes(id)).map(({ event }) => event.id)
        assert.deepEqual(
          all.toSorted((a, b) => (a < b ? -1 : 1)),
          one.toSorted((a = '', b = '') => (a < b ? -1 : 1)),
        )
      }
      for (const point of points) assert.equal(point.count, point.entries.length)
    }),
    { numRuns: 200 },
  )
})

test('where nothing is shared, no smaller number of replicas reaches the objective than the cheapest redundancy', () => {
  const parts = fc.array(
    fc.record({
      replicas: fc.integer({ min: 1, max: 2 }),
      availability: fc.double({ min: 0.6, max: 0.99, noNaN: true }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  fc.assert(
    fc.property(parts, fc.double({ min: 0.5, max: 0.995, noNaN: true }), (drawn, objective) => {
      const works = (counts: readonly number[]) =>
        drawn.reduce((product, { availability: up }, at) => product * (1 - (1 - up) ** (counts[at] ?? 1)), 1)
      const ids = drawn.map((_, at) => (at === 0 ? 'checkout' : `part-${at}`))
      const graph = graphOf(
        sketch({
          components: Object.fromEntries(drawn.map((part, at) => [ids[at], { ...part, spread: true }])),
          operations: { [entry]: { access: 'public' } },
          calls: Object.fromEntries(ids.slice(1).map((id) => [`${entry} -> ${id}`, {}])),
        }),
      )
      const found = cheapestRedundancy(graph, entry, objective)
      const added = found.changes.reduce((sum, { replicas }) => sum + replicas, 0)
      assert.ok(found.reached && found.method === 'exact')
      const smaller = combinations(drawn.length, added - 1).map((more) =>
        drawn.map(({ replicas }, at) => replicas + (more[at] ?? 0)),
      )
      assert.ok(smaller.every((counts) => works(counts) < objective))
    }),
  )
})

/** Every way to spread a number over places. */
function combinations(places: number, number: number): readonly (readonly number[])[] {
  if (number < 0) return []
  if (places === 1) return [[number]]
  return Array.from({ length: number + 1 }, (_, first) => first).flatMap((first) =>
    combinations(places - 1, number - first).map((rest) => [first, ...rest]),
  )
}

/** Brute force: each state of all events, with the failures spread over the calls until nothing changes. */
function triedStates(graph: Graph, id: string) {
  const { architecture } = graph
  const failures = componentFailures(graph)
  const { events } = faultTree(graph, id)
  const failures_ = (failed: ReadonlySet<string>) =>
    spread(architecture, graph, (component) => {
      const failure = failures.get(component)
      const fails = (event: BasicEvent) => failed.has(event.id)
      return (
        failure !== undefined &&
        (failure.common.some(fails) ||
          (failure.replicas.length > 0 && failure.replicas.every((replica) => replica.some(fails))))
      )
    })
  const states = Array.from({ length: 2 ** events.length }, (_, state) => state)
  const namesOf = (state: number) => events.filter((_, at) => (state & (1 << at)) !== 0).map(({ id }) => id)
  const down = states.map((state) => failures_(new Set(namesOf(state))).has(id))
  const minimalStates = states.filter(
    (state) => down[state] && events.every((_, at) => (state & (1 << at)) === 0 || !down[state & ~(1 << at)]),
  )
  const weight = (state: number, side: 'low' | 'high', skip = -1) =>
    events.reduce(
      (product, { availability: { [side]: works } }, at) =>
        at === skip ? product : product * ((state & (1 << at)) === 0 ? works : 1 - works),
      1,
    )
  const sum = (keep: (state: number) => boolean, side: 'low' | 'high') =>
    states.filter(keep).reduce((total, state) => total + weight(state, side), 0)
  const at = (event: BasicEvent) => events.findIndex(({ id }) => id === event.id)
  return {
    probability: (side: 'low' | 'high') => sum((state) => down[state] === true, side),
    minimal: minimalStates.map(namesOf),
    relevant: events.filter((_, bit) => minimalStates.some((state) => (state & (1 << bit)) !== 0)),
    birnbaum: (event: BasicEvent) => {
      const bit = 1 << at(event)
      return states
        .filter((state) => (state & bit) === 0 && down[state | bit] && !down[state])
        .reduce((total, state) => total + weight(state, 'low', at(event)), 0)
    },
    fussellVesely: (event: BasicEvent) => {
      const own = minimalStates.filter((state) => (state & (1 << at(event))) !== 0)
      const all = sum((state) => down[state] === true, 'low')
      return all === 0 ? 0 : sum((state) => own.some((set) => (set & state) === set), 'low') / all
    },
  }
}

/** What fails when some components do, from the calls themselves: the least set that is closed under need. */
function spread(
  { operations, components, calls }: Architecture,
  graph: Graph,
  fails: (component: string) => boolean,
) {
  const kind = (id: string) => graph.ownerOf(id)?.kind.value ?? 'service'
  const outer = new Set(['service', 'gateway', 'external', 'client'])
  const first = entriesOf(graph)
  const failed = new Set(components.map(({ id }) => id).filter(fails))
  const carrierFails = (carrier: string) =>
    fails(carrier) ||
    graph
      .callsFrom(carrier)
      .some((call) => call.required?.value !== false && !outer.has(kind(call.to)) && failed.has(call.to))
  for (let before = -1; before !== failed.size;) {
    before = failed.size
    for (const { id } of components) if (graph.callsFrom(id).some(breaks)) failed.add(id)
    for (const { id, component } of operations) {
      const through = first.find((known) => known.id === id)?.through
      if (
        failed.has(component) ||
        graph.callsFrom(id).some(breaks) ||
        (id === 'c0.run' && through !== undefined && carrierFails(through))
      )
        failed.add(id)
    }
  }
  return failed

  function breaks(call: (typeof calls)[number]): boolean {
    if (call.required?.value === false) return false
    return failed.has(call.to) || (call.through !== undefined && carrierFails(call.through.value))
  }
}
