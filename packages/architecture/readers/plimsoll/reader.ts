import type { Digest, Problem } from '@plimsoll/base'
import type { Deployment, ReleaseFacts } from '../../deployment.ts'
import { throwProblems } from '../../errors.ts'
import type { Architecture } from '../../model.ts'
import { clientCalls, serviceCalls } from './calls.ts'
import { componentsOf } from './components.ts'
import { operationsOf } from './operations.ts'
import { fitProblems } from './fit.ts'

/** One service of a deployment, with what its release declares. */
export interface DeployedService {
  readonly name: string
  readonly facts: ReleaseFacts
  readonly settings: Deployment['services'][string]
}

/** What the parts of this reader work on. */
export interface Source {
  readonly deployment: Deployment
  /** The services that are described. */
  readonly services: readonly DeployedService[]
  /** True where calls to what is not described are left out. */
  readonly partial: boolean
}

/**
 * The architecture of a deployment.
 * @param releases the release of every service, by digest
 * @param only services to describe alone; calls to what is not among them are left out
 * @throws {InvalidInput} `DEPLOYMENT` where parts do not fit: an unknown operation, an external without an address
 */
export function describeDeployment(
  deployment: Deployment,
  releases: ReadonlyMap<Digest, ReleaseFacts>,
  only?: readonly string[],
): Architecture {
  const source = sourceOf(deployment, releases, only)
  throwProblems('DEPLOYMENT', fitProblems(source))
  const calls = [...clientCalls(source), ...serviceCalls(source)]
  return {
    format: 'plimsoll/architecture/1',
    name: deployment.name,
    components: componentsOf(source, calls).toSorted(byId),
    operations: operationsOf(source).toSorted(byId),
    calls: calls.toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to)),
    zones: Object.entries(deployment.zones)
      .map(([id, { clearance }]) => {
        const evidence = { ...deployment.evidence[`zones.${id}`], field: `zones.${id}` }
        return { id, clearance: { value: clearance, evidence }, evidence }
      })
      .toSorted(byId),
    dataClasses: deployment.dataClasses,
    notes: [],
  }
}

function sourceOf(
  deployment: Deployment,
  releases: ReadonlyMap<Digest, ReleaseFacts>,
  only: readonly string[] | undefined,
): Source {
  const problems: Problem[] = []
  const services: DeployedService[] = []
  for (const [name, settings] of Object.entries(deployment.services)) {
    if (only !== undefined && !only.includes(name)) continue
    const facts = releases.get(settings.release)
    if (facts === undefined) {
      problems.push({
        message: `the release ${settings.release} of ${name} is not there`,
        place: { field: `services.${name}` },
        fix: `release ${name} again`,
      })
    } else {
      services.push({ name, facts, settings })
    }
  }
  throwProblems('DEPLOYMENT', problems)
  return { deployment, services, partial: only !== undefined }
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return compare(a.id, b.id)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
