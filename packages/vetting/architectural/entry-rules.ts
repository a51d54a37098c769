import type { Graph } from '@plimsoll/architecture'
import { every, single, type Asked } from './answer.ts'
import { askedOfTrait, entriesAreKnown, entryPointsOf, traitOrCalls } from './parts.ts'
import type { Answer, ArchitecturalRule } from './rule.ts'

/** R01 to R05: how an architecture is entered. */
export const entryRules: readonly ArchitecturalRule[] = [
  {
    id: 'R01',
    text: 'There should be a single type of service as an entry point.',
    catalogue: 'IF4',
    check: (graph) =>
      single(entriesAmongAll(graph), { noun: 'entry point', verb: 'can be entered from outside' }),
  },
  {
    id: 'R02',
    text: 'All entry points should have a circuit breaker.',
    catalogue: 'CF5',
    check: (graph) =>
      everyEntry(
        graph,
        entryPointsOf(graph).map((component) => ({
          item: component.id,
          holds: traitOrCalls(
            graph,
            component,
            'circuit-breaker',
            ({ circuitBreaker }) => circuitBreaker?.value,
          ),
        })),
        'has a circuit breaker',
      ),
  },
  {
    id: 'R03',
    text: 'All entry points should have a load balancer.',
    catalogue: 'AV7',
    check: (graph) =>
      everyEntry(
        graph,
        entryPointsOf(graph).map((component) => ({
          item: component.id,
          holds: traitOrCalls(graph, component, 'load-balancer', ({ balanced }) => balanced?.value),
        })),
        'has a load balancer',
      ),
  },
  {
    id: 'R04',
    text: 'All entry points should perform authorization.',
    catalogue: 'IF2',
    check: (graph) =>
      everyEntry(graph, askedOfTrait(entryPointsOf(graph), 'authorises'), 'decides what callers may do'),
  },
  {
    id: 'R05',
    text: 'All entry points should perform authentication.',
    catalogue: 'IF1',
    check: (graph) =>
      everyEntry(graph, askedOfTrait(entryPointsOf(graph), 'authenticates'), 'asks callers who they are'),
  },
]

function everyEntry(graph: Graph, asked: readonly Asked[], verb: string): Answer {
  return every(asked, { noun: 'entry point', verb }, entriesAreKnown(graph))
}

/** Every component; whether it is an entry is open where none is known, and its published ports are not either. */
function entriesAmongAll(graph: Graph): readonly Asked[] {
  const entries = new Set(entryPointsOf(graph).map(({ id }) => id))
  const otherwise = entries.size > 0 || entriesAreKnown(graph) ? false : undefined
  return graph.architecture.components.map(({ id }) => ({
    item: id,
    holds: entries.has(id) ? true : otherwise,
  }))
}
