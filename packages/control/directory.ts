import type { Deployment } from '@plimsoll/architecture'
import type { GatewayConfiguration } from '@plimsoll/gateway'
import { spiffeId, type ApiKeyRecord } from '@plimsoll/identity'
import type { Release } from '@plimsoll/release'
import type { Endpoint, Snapshot } from '@plimsoll/service'
import type { Directory } from './engines/engine.ts'
import { reachOf } from './reach.ts'

/** The name of the gateway among the workloads, and of its identity. */
export const gatewayName = 'gateway'

/** A deployment with its releases: what callers and routes are made from. */
export interface Deployed {
  readonly deployment: Deployment
  readonly releases: ReadonlyMap<string, Release>
}

export interface DirectoryOptions {
  readonly trustDomain: string
  readonly operators: readonly string[]
  readonly consumerKeys: () => readonly ApiKeyRecord[]
  /** Share of the chains of calls that is sampled, where this installation says; otherwise the deployment does. */
  readonly sampling?: number | undefined
  /** Where each service can be called now. */
  readonly endpoints: () => Readonly<Record<string, readonly Endpoint[]>>
}

/** Knows who may call what, and where everybody is: the only source of what workloads are told. */
export class CallDirectory implements Directory {
  readonly #options: DirectoryOptions
  #revision = 0
  /** What is live, and, while a change rolls, what will be: both run for a moment, so both may call. */
  #deployed: readonly Deployed[] = []

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  /** From now on these deployments count; the last one has the gateway's routes. */
  follow(...deployed: readonly Deployed[]): void {
    this.#deployed = deployed
  }

  snapshotFor(service: string): Snapshot {
    // Above whatever was told before this control plane was started: workloads drop what is older than what they know.
    this.#revision = Math.max(this.#revision + 1, Date.now())
    return {
      revision: this.#revision,
      endpoints: this.#options.endpoints(),
      callers: this.#callersOf(service),
      sampling: this.#options.sampling ?? this.#deployed.at(-1)?.deployment.telemetry?.sampling,
    }
  }

  configurationFor(service: string): GatewayConfiguration | undefined {
    const newest = this.#deployed.at(-1)
    if (service !== gatewayName || newest === undefined) return undefined
    const { deployment, releases } = newest
    return {
      contracts: [...releases.values()].map(({ manifest }) => manifest.contract),
      reach: reachOf(...this.#deployed.map((one) => one.releases)),
      consumers: this.#options.consumerKeys().flatMap((record) => {
        const consumer = deployment.consumers[record.consumer]
        return consumer === undefined ? [] : [{ record, scopes: consumer.scopes, uses: consumer.uses }]
      }),
    }
  }

  /** Operation → identities that may call it: those that declare the use, the gateway where it is open to the outside. */
  #callersOf(service: string): Snapshot['callers'] {
    const callers: Record<string, Set<string>> = {}
    for (const { deployment, releases } of this.#deployed) {
      const operations = releases.get(service)?.manifest.contract.operations ?? {}
      for (const [operation, { access }] of Object.entries(operations)) {
        const allowed = (callers[operation] ??= new Set())
        if (access !== 'services') allowed.add(this.#id('gateway', gatewayName))
        if (deployment.policy.operatorCalls)
          for (const operator of this.#options.operators) allowed.add(operator)
      }
      this.#addUsers(service, releases, callers)
    }
    return Object.fromEntries(
      Object.entries(callers).map(([operation, allowed]) => [operation, [...allowed].toSorted()]),
    )
  }

  #addUsers(service: string, releases: Deployed['releases'], callers: Record<string, Set<string>>): void {
    for (const [name, { manifest }] of releases) {
      for (const use of manifest.uses) {
        if (use.kind === 'operation' && use.service === service)
          callers[use.operation]?.add(this.#id('service', name))
      }
    }
  }

  #id(kind: 'service' | 'gateway', name: string): string {
    return spiffeId(this.#options.trustDomain, kind, name)
  }
}
