import type { Call, Component, Fact } from '../../model.ts'
import { selectorText } from './availability.ts'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import type { ObjectFindings } from './objects.ts'
import { plainSelectorOf } from './selector.ts'
import { RequestTokens } from './request-tokens.ts'
import type { Workload } from './workload.ts'

type CallFacts = Partial<Omit<Call, 'from' | 'to' | 'evidence'>>

/** Where Istio keeps what holds for the whole mesh, unless it is set otherwise. */
const rootNamespace = 'istio-system'

/** A policy of Istio with the workloads that it is for. */
export interface Policy {
  readonly manifest: Manifest
  readonly selected: ReadonlySet<Workload>
  /** 2: of one workload, 1: of a namespace, 0: of the mesh. */
  readonly rank: 0 | 1 | 2
}

/** Who may call a workload of the mesh, and whether the way to it is encrypted. */
export class PeerSecurity {
  readonly #peers: readonly Policy[]
  readonly #authorisation: readonly Policy[]
  readonly #tokens: RequestTokens
  readonly #cluster: Cluster

  constructor(cluster: Cluster, findings: ObjectFindings) {
    const read = (type: string) => cluster.of(type).map((manifest) => policyOf(manifest, cluster, findings))
    this.#cluster = cluster
    this.#peers = read('istio/PeerAuthentication')
    this.#authorisation = read('istio/AuthorizationPolicy')
    this.#tokens = new RequestTokens(read('istio/RequestAuthentication'), this.#authorisation, cluster)
  }

  towards(workload: Workload, caller: Workload | undefined): CallFacts {
    const authorised = this.#authorised(workload)
    return {
      ...(caller !== undefined && this.#encryptsBetween(caller, workload)
        ? {
            encrypted: workload.pod.fact(true, 'inferred'),
            authentication: workload.pod.fact('mutual-tls', 'inferred'),
          }
        : {}),
      ...this.#encryption(workload),
      ...this.#tokens.towards(workload, caller),
      ...(authorised === undefined ? {} : { authorised }),
    }
  }

  traitsOf(workload: Workload): Pick<Component, 'traits'> {
    const authorised = this.#authorised(workload)
    const demanding = this.#authorisation.find(
      ({ selected, manifest }) => selected.has(workload) && demandsToken(manifest),
    )
    const traits = {
      ...this.#tokens.traitsOf(workload),
      ...(demanding === undefined ? {} : { authenticates: demanding.manifest.root.at('spec').fact(true) }),
      ...(authorised?.value === true ? { authorises: authorised } : {}),
    }
    return Object.keys(traits).length === 0 ? {} : { traits }
  }

  /** The policy of the workload goes before that of its namespace, and that before the mesh's. PERMISSIVE takes both. */
  #encryption(workload: Workload): CallFacts {
    const modes = this.#peers
      .filter(({ selected }) => selected.has(workload))
      .toSorted((a, b) => b.rank - a.rank)
      .map(({ manifest }) => manifest.root.at('spec').at('mtls').at('mode'))
    const mode = modes.find((field) => field.present && field.text() !== 'UNSET')
    if (mode?.text() === 'STRICT')
      return { encrypted: mode.fact(true), authentication: mode.fact('mutual-tls') }
    return mode?.text() === 'DISABLE' ? { encrypted: mode.fact(false) } : {}
  }

  /** Without an ALLOW policy everybody may; with some, only whom one of them lets in. Known only where there are policies at all. */
  #authorised(workload: Workload): Fact<boolean> | undefined {
    if (this.#authorisation.length === 0) return undefined
    const allowing = this.#authorisation.filter(
      ({ manifest, selected }) =>
        selected.has(workload) && ['ALLOW', undefined].includes(manifest.root.at('spec').at('action').text()),
    )
    const [first] = allowing
    if (first === undefined) return workload.pod.fact(false, 'inferred')
    for (const { manifest } of allowing) {
      const open = manifest.root
        .at('spec')
        .at('rules')
        .items()
        .find((rule) => rule.at('from').items().length === 0 && rule.at('when').items().length === 0)
      if (open !== undefined) return open.fact(false)
    }
    return first.manifest.root.at('spec').fact(true)
  }

  /** Linkerd and Istio encrypt by themselves between pods that both have their proxy ("Automatic mTLS", "Auto mutual TLS"). */
  #encryptsBetween(caller: Workload, callee: Workload): boolean {
    return (
      (this.#isLinkerd(caller) && this.#isLinkerd(callee)) || (this.#isIstio(caller) && this.#isIstio(callee))
    )
  }

  #isLinkerd({ namespace, annotations }: Workload): boolean {
    const ofNamespace = this.#cluster.find('Namespace', namespace)?.annotations.get('linkerd.io/inject')
    return ['enabled', 'ingress'].includes(annotations.get('linkerd.io/inject') ?? ofNamespace ?? '')
  }

  #isIstio({ namespace, annotations, labels }: Workload): boolean {
    const key = 'sidecar.istio.io/inject'
    const own = labels.get(key) ?? annotations.get(key)
    if (own !== undefined) return own === 'true'
    const ofNamespace = this.#cluster.find('Namespace', namespace)?.labels
    return ofNamespace?.get('istio-injection') === 'enabled' || ofNamespace?.has('istio.io/rev') === true
  }
}

function policyOf(manifest: Manifest, cluster: Cluster, findings: ObjectFindings): Policy {
  const namespace = manifest.namespace ?? defaultNamespace
  const targets = targetsOf(manifest)
  if (targets.length > 0) {
    const selected = targets.flatMap((target) => targeted(target, namespace, cluster))
    findings.target(manifest, ...selected.map(({ id }) => id))
    return { manifest, selected: new Set(selected), rank: 2 }
  }
  const field = manifest.root.at('spec').at('selector').at('matchLabels')
  const selector = plainSelectorOf(field)
  const ofMesh = namespace === rootNamespace && selector.empty
  const selected = ofMesh ? cluster.workloads : cluster.selected(namespace, selector)
  findings.target(manifest, ...selected.map(({ id }) => id))
  if (selected.length === 0 && !selector.empty) findings.dangling(manifest, selectorText(selector), field)
  return { manifest, selected: new Set(selected), rank: ofMesh ? 0 : selector.empty ? 1 : 2 }
}

function targetsOf({ root }: Manifest): readonly Field[] {
  const spec = root.at('spec')
  const single = spec.at('targetRef')
  return [...spec.at('targetRefs').items(), ...(single.present ? [single] : [])]
}

/** Workloads behind a Service that a policy names; those of a Gateway are not in the files. */
function targeted(target: Field, namespace: string, cluster: Cluster): readonly Workload[] {
  if (target.at('kind').text() !== 'Service') return []
  const service = cluster.find('Service', target.at('name').word() ?? '', namespace)
  const selector = plainSelectorOf(service?.root.at('spec').at('selector') ?? target.at('selector'))
  return selector.empty ? [] : cluster.selected(namespace, selector)
}

function demandsToken({ root }: Manifest): boolean {
  const rules = root.at('spec').at('rules').items()
  return (
    rules.length > 0 &&
    rules.every((rule) =>
      rule
        .at('from')
        .items()
        .some((from) => from.at('source').at('requestPrincipals').items().length > 0),
    )
  )
}
