import type { SourceDocument } from '../document.ts'
import { Field, isObject, Notes } from '../field.ts'
import type { ArchitecturePart, Reader } from '../reader.ts'
import { callOf, distinctCalls } from './calls.ts'
import { componentOf, operationsOf, type Surroundings } from './components.ts'
import { flowsOf, nodesOf, type Flow, type Node } from './node.ts'

/**
 * Reads dataflow diagrams with stereotypes and tagged values, as microSecEnD publishes them and Code2DFD writes them (Schneider et al.,
 * MSR 2023, doi 10.1109/MSR59073.2023.00030).
 *
 * Such a diagram is a complete model: a fact that its vocabulary has a word for, and that no stereotype states, is read as absent (false,
 * `inferred`), not as unknown. A flow says where data goes; the call that it belongs to may go the other way.
 */
export const dataflowReader: Reader = {
  format: 'dataflow',
  recognises: ({ value }) =>
    isObject(value) && Array.isArray(value['services']) && Array.isArray(value['information_flows']),
  read: (documents) => {
    const notes = new Notes()
    const parts = documents.map((document) => partOf(document, notes))
    return {
      components: parts.flatMap(({ components }) => components),
      operations: parts.flatMap(({ operations = [] }) => operations),
      calls: parts.flatMap(({ calls = [] }) => calls),
      notes: notes.all(),
    }
  },
}

function partOf(document: SourceDocument, notes: Notes): ArchitecturePart {
  const root = Field.rootOf(document, notes)
  const flows = flowsOf(root.at('information_flows'))
  const nodes = withNamed(
    [...nodesOf(root.at('services'), false), ...nodesOf(root.at('external_entities'), true)],
    flows,
  )
  const around: Surroundings = {
    nodes,
    from: Map.groupBy(flows, ({ sender }) => sender),
    to: Map.groupBy(flows, ({ receiver }) => receiver),
  }
  return {
    components: [...nodes.values()].map((node) => componentOf(node, around)),
    operations: [...nodes.values()].flatMap(operationsOf),
    calls: distinctCalls(flows.map((flow) => callOf(flow, around))),
  }
}

/** The nodes by id, with those that only flows name: they exist, and nothing else is known of them. */
function withNamed(listed: readonly Node[], flows: readonly Flow[]): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>()
  for (const node of listed) {
    if (nodes.has(node.id)) node.field.note(`${JSON.stringify(node.id)} is a service, too; this is not used`)
    else nodes.set(node.id, node)
  }
  for (const { sender, receiver, field } of flows) {
    for (const id of [sender, receiver].filter((end) => !nodes.has(end))) {
      field.note(`${JSON.stringify(id)} is not in the lists of services and external entities`)
      const empty = { external: true, kind: 'external', technology: undefined } as const
      nodes.set(id, { id, ...empty, field, words: new Set(), tags: new Map() })
    }
  }
  return nodes
}
