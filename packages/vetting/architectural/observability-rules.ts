import type { Component, Graph } from '@plimsoll/architecture'
import { every, single, some, type Asked } from './answer.ts'
import {
  areConnected,
  askedOfKind,
  askedOfTrait,
  callsAreKnownOf,
  neighboursOf,
  servicesOf,
  traitOf,
} from './parts.ts'
import type { Answer, ArchitecturalRule } from './rule.ts'
import { isDashboard, isLogCollector } from './roles.ts'

/** R15 to R22: logs and monitoring. */
export const observabilityRules: readonly ArchitecturalRule[] = [
  {
    id: 'R15',
    text: 'All services should perform logging.',
    catalogue: 'OP2',
    check: (graph) =>
      every(
        servicesOf(graph).map((component) => ({ item: component.id, holds: performsLogging(component) })),
        { noun: 'service', verb: 'performs logging' },
        false,
      ),
  },
  {
    id: 'R16',
    text: 'There should be a single type of central logging subsystem.',
    catalogue: 'OP2',
    check: (graph) =>
      single(askedOfRole(graph, isLogCollector), {
        noun: 'central logging subsystem',
        verb: 'takes the logs of others',
      }),
  },
  {
    id: 'R17',
    text: 'There should be a message broker.',
    check: (graph) => some(askedOfKind(graph, 'broker'), { noun: 'component', verb: 'is a message broker' }),
  },
  {
    id: 'R18',
    text: 'All services that perform logging should be connected to a message broker.',
    check: connectedToBroker,
  },
  {
    id: 'R19',
    text: 'No service that performs logging should be connected to a central logging subsystem.',
    check: apartFromCollectors,
  },
  {
    id: 'R20',
    text: 'There should be a monitoring dashboard.',
    check: (graph) =>
      some(askedOfRole(graph, isDashboard), { noun: 'component', verb: 'is a monitoring dashboard' }),
  },
  {
    id: 'R21',
    text: 'All services should be connected to a monitoring dashboard.',
    check: connectedToDashboard,
  },
  {
    id: 'R22',
    text: 'All services should sanitize logs.',
    catalogue: 'OP2',
    check: (graph) =>
      every(
        askedOfTrait(servicesOf(graph), 'sanitised-log'),
        { noun: 'service', verb: 'sanitizes its logs' },
        false,
      ),
  },
]

/** A log of its own; where that is not known, that it sends one shows that it has one. */
function performsLogging(component: Component): boolean | undefined {
  return traitOf(component, 'local-log') ?? traitOf(component, 'central-log')
}

function askedOfRole(graph: Graph, role: (component: Component) => boolean | undefined): readonly Asked[] {
  return graph.architecture.components.map((component) => ({ item: component.id, holds: role(component) }))
}

function idsWhere(
  graph: Graph,
  role: (component: Component) => boolean | undefined,
  answer: boolean | undefined,
): ReadonlySet<string> {
  return new Set(graph.architecture.components.filter((one) => role(one) === answer).map(({ id }) => id))
}

function connectedToBroker(graph: Graph): Answer {
  const brokers = idsWhere(graph, ({ kind }) => kind.value === 'broker', true)
  const asked = servicesOf(graph).flatMap((component): Asked[] => {
    const logs = performsLogging(component)
    if (logs === false) return []
    const connected = areConnected(graph, component.id, brokers)
    const unseen = logs === undefined || (brokers.size > 0 && !callsAreKnownOf(component))
    return [{ item: component.id, holds: connected ? true : unseen ? undefined : false }]
  })
  return every(asked, { noun: 'service that logs', verb: 'is connected to a message broker' })
}

function apartFromCollectors(graph: Graph): Answer {
  const collectors = idsWhere(graph, isLogCollector, true)
  const perhaps = idsWhere(graph, isLogCollector, undefined)
  const asked = servicesOf(graph).flatMap((component): Asked[] => {
    const logs = performsLogging(component)
    if (logs === false || collectors.has(component.id)) return []
    if (areConnected(graph, component.id, collectors))
      return [{ item: component.id, holds: logs === true ? false : undefined }]
    const unseen = collectors.size > 0 && !callsAreKnownOf(component)
    const open = unseen || areConnected(graph, component.id, perhaps)
    return [{ item: component.id, holds: open ? undefined : true }]
  })
  return every(asked, {
    noun: 'service that logs',
    verb: 'stays apart from the central logging subsystem',
  })
}

/**
 * Connected: directly, or over the parts that carry measurements and logs to a dashboard (a collector, its store). A broker or a
 * registry between the two carries other things, and makes no connection.
 */
function connectedToDashboard(graph: Graph): Answer {
  const watching = watchersOf(graph)
  const told = graph.architecture.components.every((one) => isDashboard(one) !== undefined)
  const asked = servicesOf(graph)
    .filter((component) => isDashboard(component) !== true)
    .map((component): Asked => {
      const connected = watching.has(component.id) || areConnected(graph, component.id, watching)
      return {
        item: component.id,
        holds: connected ? true : told && callsAreKnownOf(component) ? false : undefined,
      }
    })
  return every(asked, { noun: 'service', verb: 'is connected to a monitoring dashboard' }, false)
}

/** Dashboards, and everything that watches for them. */
function watchersOf(graph: Graph): ReadonlySet<string> {
  const watching = new Set(idsWhere(graph, isDashboard, true))
  const queue = [...watching]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const next of neighboursOf(graph, id)) {
      if (watching.has(next) || !carriesMeasurements(graph, next)) continue
      watching.add(next)
      queue.push(next)
    }
  }
  return watching
}

function carriesMeasurements(graph: Graph, id: string): boolean {
  const component = graph.component(id)
  if (component?.kind.value === 'monitoring') return true
  if (component?.kind.value !== 'store') return false
  // A store that one part of the monitoring fills and another reads: a store of logs or measurements. A dashboard that watches a database is one.
  const monitoring = neighboursOf(graph, id).filter(
    (near) => graph.component(near)?.kind.value === 'monitoring',
  )
  return monitoring.length > 1 && monitoring.length === neighboursOf(graph, id).length
}
