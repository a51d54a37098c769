import type { Architecture, ArchitectureOperation, Call, Component } from './model.ts'

/** An architecture made ready for questions: built once, then only queried. */
export interface Graph {
  readonly architecture: Architecture
  /** The answer of an analysis, computed once however many rules ask for it. */
  once<Answer>(analysis: (graph: Graph) => Answer): Answer
  component(id: string): Component | undefined
  operation(id: string): ArchitectureOperation | undefined
  /** The component that an id is, or is an operation of. */
  ownerOf(id: string): Component | undefined
  operationsOf(component: string): readonly ArchitectureOperation[]
  /** Calls whose caller is exactly this operation or component. */
  callsFrom(id: string): readonly Call[]
  callsTo(id: string): readonly Call[]
  /** Calls that serving the id can make: an operation's own, and those that its component makes for all of them. */
  callsOf(id: string): readonly Call[]
}

const none: readonly never[] = []

export function graphOf(architecture: Architecture): Graph {
  const components = new Map(architecture.components.map((component) => [component.id, component]))
  const operations = new Map(architecture.operations.map((operation) => [operation.id, operation]))
  const byComponent = Map.groupBy(architecture.operations, ({ component }) => component)
  const from = Map.groupBy(architecture.calls, (call) => call.from)
  const to = Map.groupBy(architecture.calls, (call) => call.to)
  const callsFrom = (id: string) => from.get(id) ?? none
  const owners = new Map(architecture.operations.map(({ id, component }) => [id, components.get(component)]))
  for (const [id, component] of components) owners.set(id, component)
  const answers = new Map<unknown, unknown>()
  const graph: Graph = {
    architecture,
    once<Answer>(analysis: (graph: Graph) => Answer): Answer {
      if (!answers.has(analysis)) answers.set(analysis, analysis(graph))
      return answers.get(analysis) as Answer
    },
    component: (id) => components.get(id),
    operation: (id) => operations.get(id),
    ownerOf: (id) => owners.get(id),
    operationsOf: (component) => byComponent.get(component) ?? none,
    callsFrom,
    callsTo: (id) => to.get(id) ?? none,
    callsOf: (id) => {
      const operation = operations.get(id)
      return operation === undefined ? callsFrom(id) : [...callsFrom(id), ...callsFrom(operation.component)]
    },
  }
  return graph
}

/** True where a failure of the callee is a failure of the caller, as far as is known. */
export function isNeeded({ required, synchronous }: Call): boolean {
  return required?.value !== false && synchronous?.value !== false
}
