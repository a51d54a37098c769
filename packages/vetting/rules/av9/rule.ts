import {
  availability,
  cheapestRedundancy,
  concernedBelow,
  concernedEntries,
  faultTree,
  type Analysis,
  type ArchitectureOperation,
  type Availability,
  type Earlier,
  type Graph,
  type Redundancy,
} from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { notEvidenced } from '../cases.ts'
import { listed } from '../path.ts'

export const av9: Rule = {
  id: 'AV9',
  title: 'Objective that the architecture cannot keep',
  severity: 'high',
  why:
    'The availability of an operation is at most the product of what it needs, and what it needs is known: an objective above that is missed ' +
    'in every month, whatever people do (Treynor et al., The Calculus of Service Availability, 2017; IEC 61025).',
  fix: 'Run what fails most once more, need less, or promise less.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** An operation with an objective, and the availability of its fault tree. */
interface Objective {
  readonly operation: ArchitectureOperation
  readonly objective: number
  readonly computed: Availability
}

/** What is said of one objective. `open`: it depends on what nobody declared. */
interface Answer {
  readonly operation: ArchitectureOperation
  readonly open: boolean
  readonly weakness: Weakness | undefined
}

/** Beyond this, bounds are told instead: with hundreds of objectives, each must be cheap. */
const accuracy = { nodes: 2000 }
const mostParts = 60

function check(graph: Graph): RuleResult {
  const all = graph.once(answers)
  return {
    weaknesses: all.flatMap(({ weakness: found }) => found ?? []),
    unknowns: notEvidenced(
      graph,
      all.filter(({ open }) => open).map(({ operation }) => operation.id),
      (names) => `whether what ${names} needs is available enough for the objective`,
    ),
  }
}

const answers: Analysis<readonly Answer[]> = Object.assign(
  (graph: Graph): readonly Answer[] => promising(graph).map((operation) => answerOf(operation, graph)),
  { revise },
)

function promising({ architecture: { operations } }: Graph): readonly ArchitectureOperation[] {
  return operations.filter(({ objective }) => objective !== undefined)
}

/** What an operation needs decides; where a change does not concern that, the answer stays. */
function revise(previous: readonly Answer[], graph: Graph, earlier: Earlier): readonly Answer[] {
  const known = new Map(previous.map((answer) => [answer.operation, answer]))
  const below = concernedBelow(graph, earlier)
  const entries = concernedEntries(graph, earlier)
  return promising(graph).map((operation) => {
    const { id } = operation
    const old = below.has(id) || entries.has(id) ? undefined : known.get(operation)
    return old ?? answerOf(operation, graph)
  })
}

/** Below the objective even at its best: a weakness. Between: it depends on what nobody declared. */
function answerOf(operation: ArchitectureOperation, graph: Graph): Answer {
  const objective = operation.objective?.value ?? 0
  const computed = availability(graph, operation.id, accuracy)
  const { low, high } = computed.interval
  const isMissed = high < objective
  return {
    operation,
    open: low < objective && objective <= high,
    weakness: isMissed ? weakness({ operation, objective, computed }, graph) : undefined,
  }
}

function weakness({ operation, objective, computed }: Objective, graph: Graph): Weakness {
  const { id } = operation
  const { changes, limits, reached } = waysOut(id, objective, graph)
  const best = percent(computed.interval.high)
  const assumed = computed.assumed.length > 0
  const weakest = [
    ...changes.map(({ component }) => component),
    ...limits.map(({ subject }) => subject),
  ].slice(0, 6)
  const at = operation.objective?.evidence
  return {
    subject: id,
    message: assumed
      ? `${id} promises ${percent(objective)}, but even if each replica is up as often as is usual at best, it answers ${best} of the time.`
      : `${id} promises ${percent(objective)}, but what it needs lets it answer ${best} of the time.`,
    path: [
      { id, note: `objective ${percent(objective)}`, evidence: at },
      ...weakest.map((name) => ({ id: name, note: 'is needed', evidence: availabilityOf(name, graph) })),
    ],
    evidence: [at ?? operation.evidence, ...weakest.map((name) => availabilityOf(name, graph) ?? {})],
    fix:
      changes.length > 0 && reached
        ? `run ${listed(changes.map(({ component, replicas }) => (replicas === 1 ? `${component} once more` : `${replicas} more of ${component}`)))}, on other hosts`
        : `promise at most ${best} for ${id}, or let it answer without ${listed(weakest)}`,
    ...(assumed ? { severity: 'medium' as const } : {}),
  }
}

/** What brings it up to the objective. Where an entry needs hundreds of parts, no few replicas do: the ones that run once are named. */
function waysOut(
  id: string,
  objective: number,
  graph: Graph,
): Pick<Redundancy, 'changes' | 'reached'> & { readonly limits: readonly { readonly subject: string }[] } {
  const { failures } = faultTree(graph, id)
  if (failures.length <= mostParts) return cheapestRedundancy(graph, id, objective, accuracy)
  const once = failures.filter(({ replicas }) => replicas.length === 1)
  return { changes: [], reached: false, limits: once.map(({ component }) => ({ subject: component })) }
}

function availabilityOf(id: string, graph: Graph) {
  const component = graph.component(id)
  return component?.availability?.evidence ?? component?.evidence
}

/** Rounded down, so that what is missed never looks like what is kept. */
function percent(share: number): string {
  return `${Math.floor(share * 1e6) / 1e4} %`
}
