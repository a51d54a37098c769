import type { Field } from '../field.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import { labelsOf, type Labels } from './selector.ts'

/** Something that makes pods. */
export interface Workload {
  /** Unique; its name, where that is. */
  readonly id: string
  readonly manifest: Manifest
  readonly namespace: string
  /** The specification of its pods. */
  readonly pod: Field
  readonly labels: Labels
  readonly annotations: Labels
  /** Those that do its work. */
  readonly containers: readonly Field[]
  /** Those that run before, once. */
  readonly initial: readonly Field[]
}

/** It runs to its end, and serves nobody. */
export function runsToEnd({ manifest }: Workload): boolean {
  return manifest.type === 'Job' || manifest.type === 'CronJob'
}

const templates: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  DeploymentConfig: ['spec', 'template'],
  'knative/Service': ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}

/** Proxies and agents that a mesh or platform puts beside a container. */
const sideCar =
  /^(?:istio-(?:proxy|init)|linkerd-(?:proxy|init)|kuma-(?:sidecar|init)|consul-(?:dataplane|connect-envoy-sidecar|connect-inject-init)|envoy(?:-(?:sidecar|proxy))?|daprd|vault-agent(?:-init)?|queue-proxy|xray-daemon|cloud-?sql-?proxy|aws-otel-collector)$/

export function workloadsOf(manifests: readonly Manifest[]): readonly Workload[] {
  const owners = manifests.filter((manifest) => Object.hasOwn(templates, manifest.type) && !isOwned(manifest))
  const byName = Map.groupBy(owners, ({ name }) => name)
  return owners.map((manifest) => {
    const id = qualifiedName(manifest, byName.get(manifest.name) ?? [])
    return workloadOf(manifest, id)
  })
}

/** The name; with its namespace and kind only where it would mean several. */
export function qualifiedName(manifest: Manifest, namesakes: readonly Manifest[]): string {
  const neighbours = namesakes.filter(({ namespace }) => namespace === manifest.namespace)
  const parts = [
    ...(neighbours.length < namesakes.length ? [manifest.namespace ?? ''] : []),
    ...(neighbours.length > 1 ? [manifest.kind.toLowerCase()] : []),
    manifest.name,
  ]
  return parts.join('/')
}

/** Made by another object, as the output of `kubectl get` shows it. */
function isOwned({ root }: Manifest): boolean {
  const owners = root.at('metadata').at('ownerReferences')
  return (
    owners.present && owners.items().some((owner) => Object.hasOwn(templates, owner.at('kind').text() ?? ''))
  )
}

function workloadOf(manifest: Manifest, id: string): Workload {
  const path = templates[manifest.type] ?? []
  const template = path.reduce((field, key) => field.at(key), manifest.root)
  const pod = template.at('spec')
  const all = pod.at('containers').items()
  const containers = all.filter((container) => !sideCar.test(container.at('name').word() ?? ''))
  const metadata = template.at('metadata')
  if (all.length === 0) pod.note(`${manifest.kind} ${manifest.name} has no containers`)
  return {
    id,
    manifest,
    namespace: manifest.namespace ?? defaultNamespace,
    pod,
    labels: manifest.type === 'Pod' ? manifest.labels : labelsOf(metadata.at('labels')),
    annotations: manifest.type === 'Pod' ? manifest.annotations : labelsOf(metadata.at('annotations')),
    containers: containers.length === 0 ? all : containers,
    initial: pod.at('initContainers').items(),
  }
}

/** The image, as a kustomization leaves it. */
export function imageOf(container: Field, { overlay }: Manifest): Fact | undefined {
  const field = container.at('image')
  const image = field.text()
  if (image === undefined || image === '') return undefined
  const replaced = overlay.images.get(imageName(image))
  if (replaced === undefined) return { image, field }
  const kept = image.slice(imageName(image).length)
  const tag = /[@:]/.test(replaced.image.slice(replaced.image.lastIndexOf('/') + 1)) ? '' : kept
  return { image: `${replaced.image}${tag}`, field: replaced.field }
}

interface Fact {
  readonly image: string
  readonly field: Field
}

/** Without tag and digest. */
export function imageName(image: string): string {
  const [path = ''] = image.split('@')
  const slash = path.lastIndexOf('/')
  const colon = path.indexOf(':', slash + 1)
  return colon === -1 ? path : path.slice(0, colon)
}
