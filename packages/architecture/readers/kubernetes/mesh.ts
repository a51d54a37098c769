import type { Call, Component, Fact } from '../../model.ts'
import type { Field } from '../field.ts'
import { selectorText } from './availability.ts'
import type { Cluster } from './cluster.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import type { Names } from './names.ts'
import type { ObjectFindings } from './objects.ts'
import { PeerSecurity } from './peer-security.ts'
import { plainSelectorOf } from './selector.ts'
import { millisecondsOf } from './time.ts'
import type { Workload } from './workload.ts'

export type CallFacts = Partial<Omit<Call, 'from' | 'to' | 'evidence'>>

/** The end of a call at which the mesh has something to say. */
export interface MeshCall {
  readonly workload: Workload
  readonly service?: Manifest | undefined
  readonly caller?: Workload | undefined
}

/** Rules of a mesh for the way to one destination. */
interface Rules {
  readonly facts: CallFacts
}

/** What Istio's traffic rules and peer policies add to calls. */
export class Mesh {
  readonly #security: PeerSecurity
  readonly #byService = new Map<Manifest, Rules[]>()
  readonly #byHost = new Map<string, Rules[]>()
  readonly #redirects = new Map<Manifest, Set<Workload>>()

  constructor(cluster: Cluster, names: Names, findings: ObjectFindings) {
    this.#security = new PeerSecurity(cluster, findings)
    for (const rule of cluster.of('istio/DestinationRule'))
      this.#readDestinationRule(rule, names, { cluster, findings })
    for (const service of cluster.of('istio/VirtualService')) this.#readVirtualService(service, names)
  }

  /** Rules for a workload, behind the Service through which it is called. */
  towards({ workload, service, caller }: MeshCall): CallFacts {
    const rules = service === undefined ? [] : (this.#byService.get(service) ?? [])
    return { ...factsOf(rules), ...this.#security.towards(workload, caller) }
  }

  towardsHost(host: string): CallFacts {
    return factsOf(this.#byHost.get(host) ?? [])
  }

  /** Workloads of other Services to which the mesh sends calls of this one. */
  redirects(service: Manifest): readonly Workload[] {
    return [...(this.#redirects.get(service) ?? [])]
  }

  traitsOf(workload: Workload): Pick<Component, 'traits'> {
    return this.#security.traitsOf(workload)
  }

  #readDestinationRule(
    manifest: Manifest,
    names: Names,
    { cluster, findings }: { readonly cluster: Cluster; readonly findings: ObjectFindings },
  ): void {
    const spec = manifest.root.at('spec')
    const host = spec.at('host').word() ?? ''
    const services = servicesOf(host, manifest, names, cluster)
    const facts = policyFacts(spec.at('trafficPolicy'))
    for (const service of services) {
      addTo(this.#byService, service, { facts })
      const workloads = names.behind(service)
      findings.target(manifest, ...workloads.map(({ id }) => id))
      for (const subset of spec.at('subsets').items()) {
        const selector = plainSelectorOf(subset.at('labels'))
        if (!selector.empty && !workloads.some(({ labels }) => selector.matches(labels)))
          findings.dangling(
            manifest,
            `subset ${subset.at('name').word() ?? ''} ${selectorText(selector)}`,
            subset,
          )
      }
    }
    if (services.length > 0) return
    addTo(this.#byHost, host, { facts })
    if (isInner(host) && !host.includes('*')) findings.dangling(manifest, `host ${host}`, spec.at('host'))
  }

  /** A VirtualService of the mesh itself bounds the calls to its hosts. */
  #readVirtualService(manifest: Manifest, names: Names): void {
    const spec = manifest.root.at('spec')
    const gateways = spec.at('gateways').texts()
    if (gateways.length > 0 && !gateways.includes('mesh')) return
    const namespace = manifest.namespace ?? defaultNamespace
    for (const host of spec.at('hosts').texts()) {
      const service = names.destination(host, namespace)?.service
      for (const route of spec.at('http').items()) {
        const facts = routeFacts(route)
        if (service === undefined) addTo(this.#byHost, host, { facts })
        else addTo(this.#byService, service, { facts })
        if (service !== undefined) this.#redirect(service, route, { names, namespace })
      }
    }
  }

  #redirect(
    service: Manifest,
    route: Field,
    { names, namespace }: { readonly names: Names; readonly namespace: string },
  ): void {
    const own = new Set(names.behind(service))
    for (const destination of route.at('route').items()) {
      const host = destination.at('destination').at('host').word() ?? ''
      const others = names.destination(host, namespace)?.workloads ?? []
      const known = this.#redirects.get(service) ?? new Set()
      for (const workload of others) if (!own.has(workload)) known.add(workload)
      this.#redirects.set(service, known)
    }
  }
}

function addTo<Key>(map: Map<Key, Rules[]>, key: Key, rules: Rules): void {
  map.set(key, [...(map.get(key) ?? []), rules])
}

/** Routes of one host may differ; the longest time and the most attempts are what a caller has to reckon with. */
function factsOf(rules: readonly Rules[]): CallFacts {
  const result: Partial<Record<keyof CallFacts, Fact<unknown>>> = {}
  const bounded = rules.filter(({ facts }) => facts.timeoutMs !== undefined)
  const routes = rules.filter(({ facts }) => Object.keys(facts).length === 0)
  for (const { facts } of rules) {
    for (const [key, fact] of Object.entries(facts) as [keyof CallFacts, Fact<unknown>][]) {
      const known = result[key]
      if (known === undefined || Number(fact.value) > Number(known.value)) result[key] = fact
    }
  }
  // One way without a bound leaves the call without a known one.
  if (bounded.length > 0 && routes.length > 0) delete result.timeoutMs
  return result as CallFacts
}

/** Services that the host of a rule means; `*.shop.svc.cluster.local` means all of a namespace. */
function servicesOf(host: string, manifest: Manifest, names: Names, cluster: Cluster): readonly Manifest[] {
  const namespace = manifest.namespace ?? defaultNamespace
  if (!host.includes('*')) {
    const service = names.destination(host, namespace)?.service
    return service === undefined ? [] : [service]
  }
  const ending = host.replace(/^\*\.?/, '')
  return cluster
    .of('Service')
    .filter((service) => `${service.name}.${service.namespace ?? ''}.svc.cluster.local`.endsWith(ending))
}

/** Istio's words for it: https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
function policyFacts(policy: Field): CallFacts {
  const has = (key: string) => (policy.at(key).present ? policy.at(key).fact(true) : undefined)
  const budget = policy.at('retryBudget')
  return {
    ...present('bulkhead', has('connectionPool')),
    ...present('circuitBreaker', has('outlierDetection')),
    ...present('balanced', has('loadBalancer')),
    ...present('retryBudget', budget.present ? budget.fact(true) : undefined),
    ...tlsFacts(policy.at('tls').at('mode')),
  }
}

function tlsFacts(mode: Field): CallFacts {
  switch (mode.text()) {
    case 'ISTIO_MUTUAL':
    case 'MUTUAL':
      return { encrypted: mode.fact(true), authentication: mode.fact('mutual-tls') }
    case 'SIMPLE':
      return { encrypted: mode.fact(true) }
    case 'DISABLE':
      return { encrypted: mode.fact(false) }
    default:
      return {}
  }
}

/** Istio counts retries, the model attempts. Envoy waits between them for a random, growing time. */
export function routeFacts(route: Field): CallFacts {
  const retries = route.at('retries')
  const count = retries.at('attempts').number()
  const perTry = retries.at('perTryTimeout')
  const bound = millisecondsOf(perTry.text()) === undefined ? route.at('timeout') : perTry
  const timeout = millisecondsOf(bound.text())
  return {
    ...present('timeoutMs', timeout === undefined ? undefined : bound.fact(timeout)),
    ...present(
      'attempts',
      count === undefined || count < 0 ? undefined : retries.at('attempts').fact(count + 1),
    ),
    ...(count === undefined || count < 1
      ? {}
      : { backoff: retries.fact(true, 'inferred'), jitter: retries.fact(true, 'inferred') }),
  }
}

function present<Key extends keyof CallFacts>(key: Key, fact: CallFacts[Key]): CallFacts {
  return fact === undefined ? {} : { [key]: fact }
}

/** A name that only the cluster gives out. */
export function isInner(host: string): boolean {
  return !host.includes('.') || /\.svc(?:\.|$)/.test(host)
}
