import type { Component, Fact, Graph } from '@plimsoll/architecture'
import { replicasOf, running } from './replicas.ts'

/**
 * Replicas that a number or a percentage means. Kubernetes rounds percentages up, except for the `maxUnavailable` of a rollout.
 * Undefined: it means nothing.
 */
export function countOf(
  written: string | undefined,
  replicas: number,
  round: (share: number) => number = Math.ceil,
): number | undefined {
  if (written === undefined) return undefined
  const [, figure = '', percent] = /^\s*(\d+)\s*(%)?\s*$/.exec(written) ?? []
  if (figure === '') return undefined
  return percent === undefined ? Number(figure) : round((Number(figure) * replicas) / 100)
}

/** What a disruption budget means for one component. */
export interface Allowance {
  readonly component: Component
  readonly replicas: number
  /** Replicas that may be taken away at one time. */
  readonly away: number
  /** As it is written, such as `minAvailable: 1`. */
  readonly written: string
  readonly budget: Fact<unknown>
}

/** Every budget whose meaning is known. */
export function allowances(graph: Graph): readonly Allowance[] {
  return graph.once(running).flatMap((component): readonly Allowance[] => {
    const { disruptionBudget: budget } = component
    const replicas = replicasOf(component)?.value
    if (budget === undefined || replicas === undefined) return []
    const { minAvailable, maxUnavailable } = budget.value
    const kept = countOf(minAvailable, replicas)
    const lost = countOf(maxUnavailable, replicas)
    if (kept !== undefined)
      return [
        {
          component,
          replicas,
          budget,
          away: Math.max(0, replicas - kept),
          written: `minAvailable: ${minAvailable ?? ''}`,
        },
      ]
    return lost === undefined
      ? []
      : [{ component, replicas, budget, away: lost, written: `maxUnavailable: ${maxUnavailable ?? ''}` }]
  })
}
