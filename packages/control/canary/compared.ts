import type { Deployment } from '@plimsoll/architecture'
import type { Release } from '@plimsoll/release'
import type { Deployed } from '../directory.ts'
import { ControlRefusal } from '../errors.ts'
import type { Compared } from './evidence.ts'

/** Services of which two releases can run side by side: they run, and get another release. */
export function comparedOf(next: Deployment, live: Deployment | undefined): readonly Compared[] {
  return Object.entries(next.services).flatMap(([service, { release: candidate }]) => {
    const running = live?.services[service]?.release
    return running === undefined || running === candidate ? [] : [{ service, running, candidate }]
  })
}

/** Whoever may be told apart when releases are compared. */
export function partiesOf(...deployments: readonly Deployment[]): ReadonlySet<string> {
  return new Set([
    'anonymous',
    ...deployments.flatMap(({ consumers, services }) => [
      ...Object.keys(consumers).map((name) => `consumer:${name}`),
      ...Object.keys(services).map((name) => `service:${name}`),
    ]),
  ])
}

/**
 * While two releases of a service run, a call goes to either: whoever runs then has to be content with both.
 * @throws {ControlRefusal} `CANARY_COUPLED` where a candidate calls what only another candidate has
 */
export function checkUncoupled(next: Deployed, live: Deployed, compared: readonly Compared[]): void {
  for (const { service } of compared) {
    const present = live.releases.get(service)?.manifest.contract.operations ?? {}
    for (const [caller, release] of next.releases) {
      const missing = operationsOf(release, service).find((operation) => !Object.hasOwn(present, operation))
      if (missing === undefined) continue
      throw new ControlRefusal(
        'CANARY_COUPLED',
        `${caller} calls ${service}.${missing}, which the running release of ${service} does not have`,
        {
          fix: `deploy ${service} first, then ${caller}; or both at once and without steps: --canary none`,
        },
      )
    }
  }
}

function operationsOf({ manifest }: Release, service: string): readonly string[] {
  return manifest.uses.flatMap((use) =>
    use.kind === 'operation' && use.service === service ? [use.operation] : [],
  )
}
