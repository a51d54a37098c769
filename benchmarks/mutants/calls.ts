import {
  defaultDataClasses,
  graphOf,
  type Architecture,
  type Call,
  type Component,
} from '@plimsoll/architecture'
import { betweenServices, evidence, fact, withCalls, type Change } from './change.ts'

export function* shareStore(architecture: Architecture): Iterable<Change> {
  const graph = graphOf(architecture)
  const services = architecture.components.filter(({ kind }) => kind.value === 'service')
  for (const store of architecture.components.filter(({ kind }) => kind.value === 'store')) {
    const users = new Set(graph.callsTo(store.id).map(({ from }) => graph.ownerOf(from)?.id))
    if (users.size === 0) continue
    for (const service of services.filter(({ id }) => !users.has(id)).slice(0, 3)) {
      const call: Call = { from: service.id, to: store.id, protocol: fact('tcp'), evidence }
      yield [store.id, architecture, withCalls(architecture, (one) => one, [call])]
    }
  }
}

export function* routeClassifiedOut(architecture: Architecture): Iterable<Change> {
  const outside: Component = {
    id: 'analytics-vendor',
    kind: fact('external'),
    receives: fact('public'),
    evidence,
  }
  const base = {
    ...architecture,
    dataClasses: architecture.dataClasses.length > 0 ? architecture.dataClasses : defaultDataClasses,
    components: [...architecture.components, outside].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  }
  for (const { id } of architecture.components.filter(({ kind }) => kind.value === 'service')) {
    const call = (sends: readonly string[]): Call => ({
      from: id,
      to: outside.id,
      protocol: fact('https'),
      encrypted: fact(true),
      sends: fact(sends),
      evidence,
    })
    yield [
      `${id} -> ${outside.id}`,
      withCalls(base, (one) => one, [call(['public'])]),
      withCalls(base, (one) => one, [call(['personal'])]),
    ]
  }
}

export function* addCircle(architecture: Architecture): Iterable<Change> {
  for (const { from, to } of architecture.calls.filter((call) => betweenServices(call, architecture))) {
    const known = withCalls(architecture, (call) =>
      call.from === from && call.to === to ? { ...call, synchronous: fact(true) } : call,
    )
    const back: Call = { from: to, to: from, synchronous: fact(true), protocol: fact('http'), evidence }
    yield [`${to} -> ${from}`, known, withCalls(known, (call) => call, [back])]
  }
}
