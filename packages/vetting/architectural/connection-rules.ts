import type { Graph } from '@plimsoll/architecture'
import { every, type Wording } from './answer.ts'
import {
  betweenServices,
  callsAreKnown,
  entriesAreKnown,
  entryPointsOf,
  isService,
  nameOf,
  withOutside,
  type Connection,
} from './parts.ts'
import type { Answer, ArchitecturalRule } from './rule.ts'

/** R06, R07, R13, R14: what holds on every connection. */
export const connectionRules: readonly ArchitecturalRule[] = [
  {
    id: 'R06',
    text: 'All connections between services should be authorized.',
    catalogue: 'IF3',
    check: (graph) =>
      everyConnection(graph, betweenServices(graph), isAuthorised, {
        noun: 'connection between services',
        verb: 'is authorized',
      }),
  },
  {
    id: 'R07',
    text: 'All connections between services should be authenticated.',
    catalogue: 'IF3',
    check: (graph) =>
      everyConnection(graph, betweenServices(graph), isAuthenticated, {
        noun: 'connection between services',
        verb: 'is authenticated',
      }),
  },
  {
    id: 'R13',
    text: 'All connections between a service and an external entity should be encrypted.',
    catalogue: 'IF9',
    check: outerConnections,
  },
  {
    id: 'R14',
    text: 'All connections between two services should be encrypted.',
    catalogue: 'IF9',
    check: (graph) =>
      everyConnection(graph, betweenServices(graph), isEncrypted, {
        noun: 'connection between services',
        verb: 'is encrypted',
      }),
  },
]

function everyConnection(
  graph: Graph,
  connections: readonly Connection[],
  holds: (connection: Connection, graph: Graph) => boolean | undefined,
  wording: Wording,
): Answer {
  const asked = connections.map((connection) => ({
    item: nameOf(connection),
    holds: holds(connection, graph),
  }))
  return every(asked, wording, callsAreKnown(graph))
}

/** Whoever uses an entry that no known client calls is connected with it, too, in a way that is not known. */
function outerConnections(graph: Graph): Answer {
  const connections = withOutside(graph)
  const reached = new Set(connections.map(({ to }) => to.id))
  const unseen = entryPointsOf(graph).filter(
    (component) => isService(component) && !reached.has(component.id),
  )
  return every(
    [
      ...connections.map((connection) => ({ item: nameOf(connection), holds: isEncrypted(connection) })),
      ...unseen.map(({ id }) => ({ item: `outside -> ${id}`, holds: undefined })),
    ],
    { noun: 'connection with an external entity', verb: 'is encrypted' },
    callsAreKnown(graph) && entriesAreKnown(graph),
  )
}

function isAuthenticated({ call }: Connection, graph: Graph): boolean | undefined {
  const how = call.authentication ?? graph.operation(call.to)?.authentication
  return how === undefined ? undefined : how.value !== 'none'
}

function isAuthorised({ call }: Connection, graph: Graph): boolean | undefined {
  if (call.authorised !== undefined) return call.authorised.value
  const operation = graph.operation(call.to)
  if (operation?.authorised !== undefined) return operation.authorised.value
  return (operation?.scopes?.value.length ?? 0) > 0 ? true : undefined
}

function isEncrypted({ call }: Connection): boolean | undefined {
  if (call.encrypted !== undefined) return call.encrypted.value
  return call.authentication?.value === 'mutual-tls' ? true : undefined
}
