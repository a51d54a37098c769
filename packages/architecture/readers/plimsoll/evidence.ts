import type { Deployment } from '../../deployment.ts'
import type { Evidence, Fact } from '../../model.ts'
import type { DeployedService } from './reader.ts'

/** Where a setting stands in the configuration: at the field, or at what is around it. */
export function settingEvidence(deployment: Deployment, field: string): Evidence {
  for (let path = field; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const place = deployment.evidence[path]
    if (place !== undefined) return { ...place, field }
  }
  return { field }
}

/** Where a declaration stands in a service's source: the first key that has a place. */
export function sourceEvidence({ facts }: DeployedService, ...keys: readonly string[]): Evidence {
  const { evidence } = facts.manifest
  for (const key of keys) {
    const place = evidence[key]
    if (place !== undefined) return place
  }
  return { field: keys[0] }
}

export function fact<T>(value: T, evidence: Evidence): Fact<T> {
  return { value, evidence }
}
