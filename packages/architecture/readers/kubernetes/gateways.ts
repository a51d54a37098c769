import type { Component, PublishedPort } from '../../model.ts'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import { distinctPorts } from './exposure.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import type { ObjectFindings } from './objects.ts'
import { plainSelectorOf } from './selector.ts'
import { imageOf, qualifiedName, type Workload } from './workload.ts'

/** Somewhere that calls from outside come in by routes. */
export interface Gateway {
  readonly manifest: Manifest
  /** Ids of the components that it is: its own, or the workloads that serve it where the files have them. */
  readonly ids: readonly string[]
  readonly workloads: readonly Workload[]
  /** Undefined where workloads serve it. */
  readonly component: Component | undefined
}

const types = [
  'Ingress',
  'gateway/Gateway',
  'istio/Gateway',
  'traefik/IngressRoute',
  'traefik/IngressRouteTCP',
  'contour/HTTPProxy',
  'openshift/Route',
]

/** Each Ingress and each Gateway: who owns the machines behind it is mostly not in the files. */
export function gatewaysOf(cluster: Cluster, findings: ObjectFindings): ReadonlyMap<Manifest, Gateway> {
  const manifests = cluster.of(...types)
  const taken = new Set(cluster.workloads.map(({ id }) => id))
  const byName = Map.groupBy(manifests, ({ name }) => name)
  return new Map(
    manifests.map((manifest): [Manifest, Gateway] => {
      const workloads = servedBy(manifest, cluster)
      if (workloads.length > 0) {
        const ids = workloads.map(({ id }) => id)
        findings.target(manifest, ...ids)
        return [manifest, { manifest, workloads, ids, component: undefined }]
      }
      const name = qualifiedName(manifest, byName.get(manifest.name) ?? [])
      const id = freeId(name, manifest, taken)
      findings.target(manifest, id)
      return [manifest, { manifest, workloads: [], ids: [id], component: componentOf(id, manifest) }]
    }),
  )
}

/** A workload keeps its name; a gateway of the same name is told by its kind. */
function freeId(name: string, { kind, type }: Manifest, taken: Set<string>): string {
  const prefix = type.split('/').join('-').toLowerCase()
  const id =
    [name, `${kind.toLowerCase()}/${name}`, `${prefix}/${name}`].find((each) => !taken.has(each)) ?? name
  taken.add(id)
  return id
}

/** Istio configures the gateway pods that a selector means, in all namespaces; Traefik and Contour all of theirs. */
function servedBy(manifest: Manifest, cluster: Cluster): readonly Workload[] {
  const product = /^(traefik|contour)\//.exec(manifest.type)?.[1]
  if (product !== undefined) return cluster.workloads.filter((workload) => runs(product, workload))
  if (manifest.type !== 'istio/Gateway') return []
  const selector = plainSelectorOf(manifest.root.at('spec').at('selector'))
  return selector.empty ? [] : cluster.workloads.filter(({ labels }) => selector.matches(labels))
}

function runs(product: string, { containers, manifest }: Workload): boolean {
  return containers.some((container) =>
    new RegExp(`(?:^|/)${product}(?:[:@]|$)`).test(imageOf(container, manifest)?.image ?? ''),
  )
}

function componentOf(id: string, manifest: Manifest): Component {
  const spec = manifest.root.at('spec')
  const technology = technologyNamed(manifest)
  const certificates = certificatesOf(manifest)
  const ports = listens.has(manifest.type) ? listenerPorts(spec) : ingressPorts(spec)
  const kind = manifest.root.at('kind')
  return {
    id,
    kind: kind.fact('gateway'),
    ...(technology === undefined ? {} : { technology: technology.field.fact(technology.name, 'inferred') }),
    ...(ports.length === 0 ? {} : { published: spec.fact(distinctPorts(ports), 'inferred') }),
    ...(certificates.length === 0 ? {} : { certificates: spec.fact(certificates) }),
    networks: manifest.root
      .at('metadata')
      .at('namespace')
      .fact([manifest.namespace ?? defaultNamespace]),
    ...traitsOf(manifest),
    evidence: manifest.root.at('metadata').at('name').evidence(),
  }
}

/** Kinds that say themselves where they listen. */
const listens = new Set(['gateway/Gateway', 'istio/Gateway'])

/** An Ingress listens at the ports of HTTP; with certificates at that of HTTPS too. */
function ingressPorts(spec: Field): readonly PublishedPort[] {
  const hasTls = spec.at('tls').present || spec.at('virtualhost').at('tls').present
  return hasTls ? [{ port: '80' }, { port: '443' }] : [{ port: '80' }]
}

function listenerPorts(spec: Field): readonly PublishedPort[] {
  const listeners = spec
    .at('listeners')
    .items()
    .map((listener) => listener.at('port'))
  const servers = spec
    .at('servers')
    .items()
    .map((server) => server.at('port').at('number'))
  return [...listeners, ...servers].flatMap((field) => {
    const port = field.word()
    return port === undefined ? [] : [{ port }]
  })
}

function technologyNamed({ type, root, annotations }: Manifest): { name: string; field: Field } | undefined {
  const [maker = ''] = type.split('/')
  if (['istio', 'traefik', 'contour', 'openshift'].includes(maker))
    return { name: maker, field: root.at('apiVersion') }
  const field = root.at('spec').at(type === 'Ingress' ? 'ingressClassName' : 'gatewayClassName')
  const words = (field.word() ?? annotations.get('kubernetes.io/ingress.class') ?? '').toLowerCase()
  const name = [
    'nginx',
    'traefik',
    'istio',
    'haproxy',
    'kong',
    'contour',
    'envoy',
    'cilium',
    'alb',
    'gce',
  ].find((product) => words.includes(product))
  return name === undefined ? undefined : { name, field }
}

function certificatesOf({ root }: Manifest): readonly string[] {
  const spec = root.at('spec')
  const names = [
    ...(Array.isArray(spec.at('tls').value) ? spec.at('tls').items() : [spec.at('tls')]).map((tls) =>
      tls.at('secretName'),
    ),
    ...spec
      .at('servers')
      .items()
      .map((server) => server.at('tls').at('credentialName')),
    ...spec
      .at('listeners')
      .items()
      .flatMap((listener) => listener.at('tls').at('certificateRefs').items())
      .map((reference) => reference.at('name')),
  ].flatMap((field) => field.word() ?? [])
  return [...new Set(names)].toSorted()
}

/** What annotations of ingress-nginx switch on: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ */
function traitsOf({ annotations, root }: Manifest): Pick<Component, 'traits'> {
  const field = root.at('metadata').at('annotations')
  const has = (...names: readonly string[]) =>
    names.some((name) => annotations.has(`nginx.ingress.kubernetes.io/${name}`))
  const origins = annotations.get('nginx.ingress.kubernetes.io/cors-allow-origin') ?? '*'
  const anyOrigin =
    annotations.get('nginx.ingress.kubernetes.io/enable-cors') === 'true' && origins.includes('*')
  const traits = {
    ...(has('auth-url', 'auth-type', 'auth-tls-secret') ? { authenticates: field.fact(true) } : {}),
    ...(has('limit-rps', 'limit-rpm', 'limit-connections') ? { 'rate-limit': field.fact(true) } : {}),
    ...(anyOrigin ? { 'any-origin': field.fact(true) } : {}),
  }
  return Object.keys(traits).length === 0 ? {} : { traits }
}
