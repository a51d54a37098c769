import type { Component, ComponentKind, Fact } from '../../model.ts'
import { endpointsIn } from '../endpoints.ts'
import type { Habits } from '../habits.ts'
import { technologyOf, type Technology } from '../technology.ts'
import { availabilityOf, type Scaling } from './availability.ts'
import type { Cluster } from './cluster.ts'
import { exposureOf } from './exposure.ts'
import { hardeningOf } from './hardening.ts'
import { healthOf } from './health.ts'
import type { Isolation } from './isolation.ts'
import type { Mesh } from './mesh.ts'
import type { Names } from './names.ts'
import { secretUseOf } from './secret-use.ts'
import type { Settings } from './settings.ts'
import { volumesOf } from './volumes.ts'
import { imageOf, type Workload } from './workload.ts'

/** What components are described from. */
export interface ComponentSource {
  readonly cluster: Cluster
  readonly names: Names
  readonly scaling: Scaling
  readonly isolation: Isolation
  readonly mesh: Mesh
  /** Workloads that routes make gateways. */
  readonly gateways: ReadonlySet<Workload>
  settingsOf(workload: Workload): Settings
  /** What its settings tell of it beside its calls. */
  habitsOf(workload: Workload): Habits
}

/** Words of a part that only makes load. */
const makesLoad = /load-?(?:gen|test|runner)|locust|(?:^|-)(?:k6|jmeter|gatling|vegeta|artillery)(?:-|$)/i

export function componentOf(workload: Workload, source: ComponentSource): Component {
  const { cluster, names } = source
  const { manifest, namespace, containers } = workload
  const { traits: storage, ...volumes } = volumesOf(workload, cluster)
  const { traits: mesh } = source.mesh.traitsOf(workload)
  const image = firstImage(workload)
  const { traits: habitual, ...habits } = source.habitsOf(workload)
  const traits = { ...storage, ...mesh, ...metricsOf(workload, names), ...habitual }
  const containerNames = containers.map((container) => container.at('name').word() ?? '')
  const metadata = manifest.root.at('metadata')
  const component: Component = {
    id: workload.id,
    ...identityOf(workload, source),
    ...availabilityOf(workload, source.scaling),
    ...exposureOf(workload, cluster, names),
    networks: metadata
      .at('namespace')
      .fact([namespace], metadata.at('namespace').present ? undefined : 'inferred'),
    ...source.isolation.of(workload),
    hardening: hardeningOf(workload, cluster),
    image: image?.field.fact(image.image),
    containers: containers.length > 1 ? workload.pod.at('containers').fact(containerNames) : undefined,
    ...secretUseOf(workload, cluster, source.settingsOf(workload)),
    ...volumes,
    ...healthOf(workload),
    ...habits,
    ...startsAfter(workload, source),
    ...(Object.keys(traits).length === 0 ? {} : { traits }),
    ...labelled(workload),
    evidence: metadata.at('name').evidence(),
  }
  return component
}

/** Commands that end only when somebody answers: the usual way to let a pod wait for another. */
const waiting = /\b(?:until|while)\b|wait-?for|dockerize|pg_isready|k8s-wait-for/i

/** What the containers that prepare a pod wait for; until they end, nothing else of it starts. */
function startsAfter(
  { initial, id, namespace, manifest }: Workload,
  { names }: ComponentSource,
): Pick<Component, 'startsAfter'> {
  const known = names.known(namespace)
  const waits = initial.flatMap((container) => {
    const words = [...container.at('command').items(), ...container.at('args').items()]
    const text = words.map((word) => word.word() ?? '').join(' ')
    if (!waiting.test(`${text} ${imageOf(container, manifest)?.image ?? ''}`)) return []
    const hosts = endpointsIn(text, known).flatMap(
      ({ host }) => names.destination(host, namespace)?.workloads ?? [],
    )
    return hosts.map((workload) => ({ id: workload.id, container }))
  })
  const ids = [...new Set(waits.map((wait) => wait.id))].filter((other) => other !== id).toSorted()
  const [first] = waits
  return first === undefined || ids.length === 0 ? {} : { startsAfter: first.container.fact(ids) }
}

/** What runs in the first container, from its image, its name and its ports. */
export function technologyIn(workload: Workload): Technology | undefined {
  const { manifest, containers } = workload
  const declared = containers[0]?.at('ports').items() ?? []
  const ports = declared.flatMap((port) => port.at('containerPort').word() ?? [])
  return technologyOf({ image: firstImage(workload)?.image, name: manifest.name, ports })
}

/** What it is, as far as its image, name and ports tell. */
function identityOf(
  workload: Workload,
  { gateways }: ComponentSource,
): Pick<Component, 'kind' | 'technology'> {
  const { manifest } = workload
  const image = firstImage(workload)
  const found = technologyIn(workload)
  const at = image?.field ?? manifest.root.at('metadata').at('name')
  const kind = gateways.has(workload) ? 'gateway' : (found?.kind ?? kindByWords(manifest.name, image?.image))
  return {
    kind: at.fact(kind, 'inferred'),
    ...(found === undefined ? {} : { technology: at.fact(found.technology, 'inferred') }),
  }
}

function kindByWords(...texts: readonly (string | undefined)[]): ComponentKind {
  return texts.some((text) => text !== undefined && makesLoad.test(text)) ? 'client' : 'service'
}

function firstImage({ containers: [first], manifest }: Workload): ReturnType<typeof imageOf> {
  return first === undefined ? undefined : imageOf(first, manifest)
}

/** Annotations by which Prometheus finds what to ask, on the pods or their Service. */
function metricsOf({ annotations, manifest, pod }: Workload, names: Names): Component['traits'] {
  const key = 'prometheus.io/scrape'
  const service = names.servicesOf(manifest).find((candidate) => candidate.annotations.has(key))
  const own = annotations.get(key)
  if (own !== undefined) return { metrics: pod.fact(own === 'true') }
  if (service === undefined) return {}
  return {
    metrics: service.root
      .at('metadata')
      .at('annotations')
      .fact(service.annotations.get(key) === 'true'),
  }
}

/** Owner and version, where a label or an annotation says them. */
function labelled({ manifest, labels, annotations }: Workload): Pick<Component, 'owner' | 'version'> {
  const metadata = manifest.root.at('metadata')
  const text = (keys: readonly string[]): Fact<string> | undefined => {
    for (const key of keys) {
      const value =
        manifest.annotations.get(key) ?? manifest.labels.get(key) ?? annotations.get(key) ?? labels.get(key)
      if (value !== undefined && value !== '') return metadata.fact(value)
    }
    return undefined
  }
  return {
    owner: text(['a8r.io/owner', 'owner', 'team']),
    version: text(['app.kubernetes.io/version', 'version']),
  }
}
