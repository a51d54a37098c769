import { objectId, type Manifest } from './manifest.ts'
import type { Labels, Selector } from './selector.ts'
import { workloadsOf, type Workload } from './workload.ts'

const none: readonly never[] = []

/** All objects, made ready for questions: built once, then only queried. */
export class Cluster {
  readonly manifests: readonly Manifest[]
  readonly workloads: readonly Workload[]
  readonly #byType: ReadonlyMap<string, readonly Manifest[]>
  readonly #byId: ReadonlyMap<string, Manifest>
  readonly #workloadsByNamespace: ReadonlyMap<string, readonly Workload[]>
  readonly #workloadsByObject: ReadonlyMap<string, Workload>

  constructor(manifests: readonly Manifest[]) {
    this.manifests = manifests
    this.workloads = workloadsOf(manifests)
    this.#byType = Map.groupBy(manifests, ({ type }) => type)
    this.#byId = new Map(manifests.map((manifest) => [keyOf(manifest), manifest]))
    this.#workloadsByNamespace = Map.groupBy(this.workloads, ({ namespace }) => namespace)
    this.#workloadsByObject = new Map(
      this.workloads.map((workload) => [objectId(workload.manifest), workload]),
    )
  }

  of(...types: readonly string[]): readonly Manifest[] {
    return types.flatMap((type) => this.#byType.get(type) ?? none)
  }

  find(type: string, name: string, namespace?: string): Manifest | undefined {
    return this.#byId.get(keyOf({ type, name, namespace }))
  }

  workloadsIn(namespace: string): readonly Workload[] {
    return this.#workloadsByNamespace.get(namespace) ?? none
  }

  selected(namespace: string, selector: Selector): readonly Workload[] {
    return this.workloadsIn(namespace).filter(({ labels }) => selector.matches(labels))
  }

  /** The workload of an object, such as the target of an autoscaler. */
  workload(kind: string, name: string, namespace: string): Workload | undefined {
    return this.#workloadsByObject.get(`${kind} ${namespace}/${name}`)
  }

  /** Labels of a namespace; undefined where no file describes it. Kubernetes itself adds its name. */
  namespaceLabels(name: string): Labels | undefined {
    const manifest = this.find('Namespace', name)
    if (manifest === undefined) return undefined
    return new Map([...manifest.labels, ['kubernetes.io/metadata.name', name]])
  }

  /** Every namespace that something is in, or that is described. */
  namespaces(): readonly string[] {
    const described = this.of('Namespace').map(({ name }) => name)
    const used = this.manifests.flatMap(({ namespace }) => namespace ?? [])
    return [...new Set([...described, ...used])].toSorted()
  }
}

function keyOf({ type, name, namespace }: Pick<Manifest, 'type' | 'name' | 'namespace'>): string {
  return `${type} ${namespace ?? ''}/${name}`
}
