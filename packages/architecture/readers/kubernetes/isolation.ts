import type { Component, Fact } from '../../model.ts'
import type { Field } from '../field.ts'
import { selectorText } from './availability.ts'
import type { Cluster } from './cluster.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import type { ObjectFindings } from './objects.ts'
import { selectorOf } from './selector.ts'
import type { Workload } from './workload.ts'

type Direction = 'Ingress' | 'Egress'

/** A policy as it stands for the workloads that it selects. */
interface Policy {
  readonly manifest: Manifest
  readonly selected: ReadonlySet<Workload>
  readonly directions: ReadonlySet<Direction>
}

/**
 * Which connections NetworkPolicies leave open. A workload that no policy selects is open. That is said only where the files hold a
 * policy at all: elsewhere policies may lie in files that nobody gave, and it is not known.
 */
export class Isolation {
  readonly #policies: readonly Policy[]
  readonly #cluster: Cluster

  constructor(cluster: Cluster, findings: ObjectFindings) {
    this.#cluster = cluster
    this.#policies = cluster.of('NetworkPolicy').map((manifest) => {
      const namespace = manifest.namespace ?? defaultNamespace
      const field = manifest.root.at('spec').at('podSelector')
      const selector = selectorOf(field)
      const selected = cluster.selected(namespace, selector)
      if (selected.length === 0) {
        const where = selector.empty ? ` in namespace ${namespace}` : ''
        findings.dangling(
          manifest,
          `podSelector ${selectorText(selector).replace('selector ', '')}${where}`,
          field,
        )
      }
      findings.target(manifest, ...selected.map(({ id }) => id))
      tellDanglingPeers(manifest, cluster, findings)
      return { manifest, selected: new Set(selected), directions: directionsOf(manifest) }
    })
  }

  of(workload: Workload): Pick<Component, 'ingressLimited' | 'egressLimited'> {
    if (this.#policies.length === 0) return {}
    return {
      ingressLimited: this.#limited(workload, 'Ingress'),
      egressLimited: this.#limited(workload, 'Egress'),
    }
  }

  /** Policies add up: one that allows everything undoes all others. */
  #limited(workload: Workload, direction: Direction): Fact<boolean> {
    const policies = this.#policies.filter(
      ({ selected, directions }) => selected.has(workload) && directions.has(direction),
    )
    const [first] = policies
    if (first === undefined) return workload.pod.fact(false, 'inferred')
    const alone = this.#cluster.workloads.every(({ namespace }) => namespace === workload.namespace)
    for (const { manifest } of policies) {
      const rules = manifest.root.at('spec').at(direction.toLowerCase()).items()
      const open = rules.find((rule) => allowsAll(rule, direction, alone))
      if (open !== undefined) return open.fact(false)
    }
    return first.manifest.root.at('spec').fact(true)
  }
}

/** Without `policyTypes`: Ingress, and Egress where there are rules for it. */
function directionsOf({ root }: Manifest): ReadonlySet<Direction> {
  const types = root.at('spec').at('policyTypes')
  const stated = types.texts()
  if (stated.length > 0) return new Set(stated.filter((type) => type === 'Ingress' || type === 'Egress'))
  return new Set(root.at('spec').at('egress').present ? ['Ingress', 'Egress'] : ['Ingress'])
}

/**
 * The rule leaves the direction open. Without peers it does, unless it opens the ports of DNS alone. Out of a whole cluster is
 * still not anywhere; into a workload from every namespace is everything, and so is its own where there is no other.
 */
function allowsAll(rule: Field, direction: Direction, alone: boolean): boolean {
  const peers = rule.at(direction === 'Ingress' ? 'from' : 'to').items()
  if (peers.length === 0) return !opensDnsAlone(rule)
  return peers.some((peer) => {
    const block = peer.at('ipBlock')
    if (block.present) {
      const everywhere = ['0.0.0.0/0', '::/0'].includes(block.at('cidr').text() ?? '')
      return everywhere && !block.at('except').present
    }
    if (direction === 'Egress') return false
    const [namespaces, pods] = [peer.at('namespaceSelector'), peer.at('podSelector')]
    if (pods.present && !selectorOf(pods).empty) return false
    return namespaces.present ? selectorOf(namespaces).empty : pods.present && alone
  })
}

function opensDnsAlone(rule: Field): boolean {
  const ports = rule.at('ports').items()
  return (
    ports.length > 0 && ports.every((port) => ['53', 'dns', 'dns-tcp'].includes(port.at('port').word() ?? ''))
  )
}

/** A peer in the own namespace that selects no pod lets nobody in: mostly a label that is written in another way. */
function tellDanglingPeers(manifest: Manifest, cluster: Cluster, findings: ObjectFindings): void {
  const spec = manifest.root.at('spec')
  const rules = [...spec.at('ingress').items(), ...spec.at('egress').items()]
  for (const rule of rules) {
    for (const peer of [...rule.at('from').items(), ...rule.at('to').items()]) {
      const pods = peer.at('podSelector')
      if (!pods.present || selectorOf(pods).empty) continue
      const namespaces = namespacesOf(peer, manifest, cluster)
      const selector = selectorOf(pods)
      const found = namespaces?.some((namespace) => cluster.selected(namespace, selector).length > 0)
      if (found === false) findings.dangling(manifest, `peer ${selectorText(selector)}`, pods)
    }
  }
}

/** Namespaces that a peer means; undefined where one of them may be outside of the files. */
function namespacesOf(peer: Field, manifest: Manifest, cluster: Cluster): readonly string[] | undefined {
  const field = peer.at('namespaceSelector')
  if (!field.present) return [manifest.namespace ?? defaultNamespace]
  const selector = selectorOf(field)
  const matching = cluster.namespaces().filter((name) => {
    const labels = cluster.namespaceLabels(name) ?? new Map([['kubernetes.io/metadata.name', name]])
    return selector.matches(labels)
  })
  return selector.empty || matching.length === 0 ? undefined : matching
}
