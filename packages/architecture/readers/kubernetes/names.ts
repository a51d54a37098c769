import { isIP } from 'node:net'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import { plainSelectorOf } from './selector.ts'
import type { Workload } from './workload.ts'

/** What a host name of the cluster leads to. */
export interface Destination {
  /** The Service of that name; absent where a workload is named that has none. */
  readonly service?: Manifest | undefined
  readonly workloads: readonly Workload[]
  /** A host outside, for a Service that is just another name of it. */
  readonly external?: { readonly host: string; readonly field: Field } | undefined
}

/** Pods of a StatefulSet that can be called by their own names; beyond these people use the Service. */
const mostPods = 20
const mostAliases = 4

/** The names of the cluster, as its DNS gives them out ("DNS for Services and Pods"). */
export class Names {
  readonly #cluster: Cluster
  readonly #workloads = new Map<Manifest, readonly Workload[]>()
  readonly #known = new Map<string, ReadonlySet<string>>()
  readonly #addresses = new Map<string, Manifest>()
  /** Namespace and name in the cluster → name in the files, where a kustomization changes it. */
  readonly #renamed = new Map<string, string>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    for (const manifest of [...cluster.of('Service'), ...cluster.workloads.map((each) => each.manifest)]) {
      const inCluster = nameInCluster(manifest)
      if (inCluster !== manifest.name)
        this.#renamed.set(`${manifest.namespace ?? defaultNamespace} ${inCluster}`, manifest.name)
    }
    for (const service of cluster.of('Service')) {
      this.#workloads.set(service, selectedBy(service, cluster))
      const address = service.root.at('spec').at('clusterIP').text() ?? ''
      if (isIP(address) !== 0) this.#addresses.set(address, service)
    }
  }

  /** Workloads that a Service selects. */
  behind(service: Manifest): readonly Workload[] {
    return this.#workloads.get(service) ?? []
  }

  /** Services that select the workload of an object. */
  servicesOf(manifest: Manifest): readonly Manifest[] {
    return [...this.#workloads].flatMap(([service, workloads]) =>
      workloads.some((workload) => workload.manifest === manifest) ? [service] : [],
    )
  }

  /** Where a host leads, asked from a namespace; undefined where it is no name of what the files describe. */
  destination(host: string, namespace: string): Destination | undefined {
    return this.#destination(host, namespace, 0)
  }

  #destination(host: string, namespace: string, aliases: number): Destination | undefined {
    const byAddress = this.#addresses.get(host)
    if (byAddress !== undefined) return { service: byAddress, workloads: this.behind(byAddress) }
    for (const [asked, within] of readings(host, namespace)) {
      const name = this.#renamed.get(`${within} ${asked}`) ?? asked
      const service = this.#cluster.find('Service', name, within)
      if (service !== undefined) return this.#ofService(service, aliases)
      const workload = this.#cluster.workloadsIn(within).find(({ manifest }) => manifest.name === name)
      if (workload !== undefined) return { workloads: [workload] }
    }
    return undefined
  }

  #ofService(service: Manifest, aliases: number): Destination {
    const spec = service.root.at('spec')
    const within = service.namespace ?? defaultNamespace
    const alias = spec.at('externalName').text()
    if (spec.at('type').text() === 'ExternalName' && alias !== undefined && aliases < mostAliases) {
      const inside = this.#destination(alias, within, aliases + 1)
      return inside ?? { service, workloads: [], external: { host: alias, field: spec.at('externalName') } }
    }
    const workloads = this.behind(service)
    if (workloads.length > 0) return { service, workloads }
    // Its selector leads to nothing, which is told elsewhere; what its callers mean is the workload of that name.
    const namesake = this.#cluster
      .workloadsIn(within)
      .filter(({ manifest }) => manifest.name === service.name)
    if (namesake.length > 0 || !plainSelectorOf(spec.at('selector')).empty)
      return { service, workloads: namesake }
    return {
      service,
      workloads: [],
      external: { host: service.name, field: service.root.at('metadata').at('name') },
    }
  }

  /** Every name that means something to a pod of the namespace. */
  known(namespace: string): ReadonlySet<string> {
    const known = this.#known.get(namespace) ?? this.#namesFor(namespace)
    this.#known.set(namespace, known)
    return known
  }

  #namesFor(namespace: string): ReadonlySet<string> {
    const names = new Set<string>(this.#addresses.keys())
    const add = (name: string, within: string) => {
      if (within === namespace) names.add(name)
      names.add(`${name}.${within}`)
    }
    for (const manifest of this.#cluster.of('Service')) {
      for (const name of [manifest.name, nameInCluster(manifest)])
        add(name, manifest.namespace ?? defaultNamespace)
    }
    for (const { manifest, namespace: within } of this.#cluster.workloads) {
      for (const name of [manifest.name, nameInCluster(manifest)]) add(name, within)
      if (manifest.type !== 'StatefulSet') continue
      const service = manifest.root.at('spec').at('serviceName').word() ?? manifest.name
      const replicas = Math.min(mostPods, Number(manifest.root.at('spec').at('replicas').value ?? 1) || 1)
      for (let index = 0; index < replicas; index += 1) {
        const pod = `${manifest.name}-${index}.${service}`
        add(pod, within)
        names.add(`${pod}.${within}.svc.cluster.local`).add(`${pod}.${within}.svc`)
      }
    }
    return names
  }
}

function nameInCluster({ name, overlay }: Manifest): string {
  return `${overlay.prefix}${name}${overlay.suffix}`
}

/** A Service without a selector is filled by somebody else. */
function selectedBy(service: Manifest, cluster: Cluster): readonly Workload[] {
  const selector = plainSelectorOf(service.root.at('spec').at('selector'))
  return selector.empty ? [] : cluster.selected(service.namespace ?? defaultNamespace, selector)
}

/** The Service and namespace that a host can mean, in the order in which a pod's resolver tries them. */
function readings(host: string, namespace: string): readonly (readonly [string, string])[] {
  const plain = host.toLowerCase().replace(/\.$/, '')
  const inCluster = /^(.+)\.svc(?:\.[\w.-]+)?$/.exec(plain)?.[1]
  const [first = '', second, third] = (inCluster ?? plain).split('.')
  if (second === undefined) return [[first, namespace]]
  if (third !== undefined) return [[second, third]]
  return [
    [first, second],
    [second, namespace],
  ]
}
