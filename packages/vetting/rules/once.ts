import type { Component } from '@plimsoll/architecture'

/** True where it is known that one replica runs, and that no other takes over. */
export function isRunOnce({ replicas, autoscaling, traits }: Component): boolean {
  return replicas?.value === 1 && (autoscaling?.value.minimum ?? 1) < 2 && traits?.failover?.value !== true
}
