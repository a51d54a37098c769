import type { Graph } from '../graph.ts'
import type { Component, HealthCheck } from '../model.ts'

/** A health check whose answer depends on other components. */
export interface DependentCheck {
  readonly component: Component
  readonly kind: 'liveness' | 'readiness'
  readonly check: HealthCheck
  /** Other components that answering it asks. */
  readonly asks: readonly string[]
  /** Components that are taken out, or started again, together when one of those that it asks fails; itself among them. */
  readonly together: readonly string[]
}

/** Health checks that call downstream, with everything that fails them together. */
export function dependentChecks(graph: Graph): readonly DependentCheck[] {
  const checks = graph.architecture.components.flatMap(checksOf)
  const askers = new Map<string, Set<string>>()
  for (const { component, asks } of checks)
    for (const id of asks) askers.set(id, (askers.get(id) ?? new Set()).add(component.id))
  return checks.map((check) => ({
    ...check,
    together: [...new Set(check.asks.flatMap((id) => [...(askers.get(id) ?? [])]))].toSorted(),
  }))
}

function checksOf(component: Component): Omit<DependentCheck, 'together'>[] {
  return (['liveness', 'readiness'] as const).flatMap((kind) => {
    const check = component[kind]?.value
    if (check === undefined || check === false) return []
    const asks = [...new Set(check.asks ?? [])].filter((id) => id !== component.id)
    return asks.length === 0 ? [] : [{ component, kind, check, asks }]
  })
}
