import type { Graph } from '../graph.ts'
import type { Call, Evidence } from '../model.ts'

/** Somewhere that calls come in from outside. */
export interface Entry {
  /** Id of an operation; of a component where operations are not known. */
  readonly id: string
  /** Component that outside calls pass first, such as a gateway. */
  readonly through?: string | undefined
  readonly evidence: Evidence
}

/**
 * Entry operations: those open to consumers or to everybody. Where no operation is known, components with a published
 * port. Parts that only watch or test are no entries.
 */
export function entriesOf(graph: Graph): readonly Entry[] {
  return graph.once(entries)
}

function entries(graph: Graph): readonly Entry[] {
  const { operations, components } = graph.architecture
  if (operations.length > 0) {
    return operations
      .filter(({ access }) => access?.value === 'consumers' || access?.value === 'public')
      .map(({ id, access, evidence }) => ({
        id,
        through: gatewayOf(graph.callsTo(id)),
        evidence: access?.evidence ?? evidence,
      }))
  }
  return components
    .filter(({ published, kind }) => (published?.value.length ?? 0) > 0 && servesPeople(kind.value))
    .map(({ id, published, evidence }) => ({ id, evidence: published?.evidence ?? evidence }))
}

function gatewayOf(calls: readonly Call[]): string | undefined {
  return calls.find(({ through }) => through !== undefined)?.through?.value
}

function servesPeople(kind: string): boolean {
  return kind === 'service' || kind === 'gateway'
}
