import type { Analysis, Earlier, Graph } from '../graph.ts'
import type { ArchitectureOperation, Component } from '../model.ts'
import { concernedBelow } from './concerned.ts'
import { allEdges, numbered } from './numbered.ts'
import { walkFrom, type Way } from './walk.ts'

/** An operation that a client causes to run, directly or through others, with the way to it. */
export interface Reach {
  readonly client: Component
  readonly operation: ArchitectureOperation
  /** A shortest way; worked out when it is read. */
  readonly way: Way
  /** Scopes that the operation asks for and the client does not hold. */
  readonly missingScopes: readonly string[]
}

/** Everything that clients reach. */
export function clientReach(graph: Graph): readonly Reach[] {
  return clientsOf(graph).flatMap((client) => reachOf(client, graph, () => true))
}

/**
 * What clients reach through others without holding the scopes that it asks for: the deputy, the last caller, lends them its
 * own (Hardy, The Confused Deputy, 1988). The same as filtering `clientReach`, without building the rest of it.
 */
export function gainedReach(graph: Graph): readonly Reach[] {
  return graph.once(gains).flatMap(({ reached }) => reached)
}

interface Gains {
  readonly client: Component
  readonly reached: readonly Reach[]
}

/** By client; a revision asks again of those from whom something that it changes can be reached. */
const gains: Analysis<readonly Gains[]> = Object.assign(
  (graph: Graph) => clientsOf(graph).map((client) => gainsOf(client, graph)),
  {
    revise: (previous: readonly Gains[], graph: Graph, earlier: Earlier) => {
      const concerned = concernedBelow(graph, earlier)
      const known = new Map(previous.map((each) => [each.client, each]))
      return clientsOf(graph).map((client) => {
        const old = concerned.has(client.id) ? undefined : known.get(client)
        return old ?? gainsOf(client, graph)
      })
    },
  },
)

function gainsOf(client: Component, graph: Graph): Gains {
  const reached = reachOf(client, graph, ({ missingScopes }) => missingScopes.length > 0)
  return { client, reached: reached.filter(({ way }) => way.length > 1) }
}

function clientsOf({ architecture: { components } }: Graph): readonly Component[] {
  return components.filter(({ kind }) => kind.value === 'client')
}

function reachOf(
  client: Component,
  graph: Graph,
  keep: (reach: Pick<Reach, 'missingScopes'>) => boolean,
): readonly Reach[] {
  const nodes = graph.once(numbered)
  const { operations } = graph.architecture
  const held = new Set(client.scopes?.value ?? [])
  const walk = walkFrom([nodes.numberOf(client.id)], nodes, graph.once(allEdges))
  const reached: Reach[] = []
  for (const node of walk.reached) {
    const operation = operations[node]
    if (operation === undefined) continue
    const missingScopes = missingOf(operation, held)
    if (keep({ missingScopes }))
      reached.push(new LazyReach({ client, operation, missingScopes }, () => walk.wayTo(node)))
  }
  return reached
}

const nothing: readonly string[] = []

function missingOf({ scopes }: ArchitectureOperation, held: ReadonlySet<string>): readonly string[] {
  if (scopes === undefined) return nothing
  return scopes.value.every((scope) => held.has(scope))
    ? nothing
    : scopes.value.filter((scope) => !held.has(scope))
}

class LazyReach implements Reach {
  readonly client: Component
  readonly operation: ArchitectureOperation
  readonly missingScopes: readonly string[]
  readonly #way: () => Way

  constructor({ client, operation, missingScopes }: Omit<Reach, 'way'>, way: () => Way) {
    this.client = client
    this.operation = operation
    this.missingScopes = missingScopes
    this.#way = way
  }

  get way(): Way {
    return this.#way()
  }
}
