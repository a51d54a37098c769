import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import { backendsOf, customRoutes } from './custom-routes.ts'
import type { Gateway } from './gateways.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import { isInner, routeFacts, type CallFacts } from './mesh.ts'
import type { Names } from './names.ts'
import type { ObjectFindings } from './objects.ts'
import { millisecondsOf } from './time.ts'
import type { Traffic } from './traffic.ts'

/** What routes are read with. */
export interface RouteSource {
  readonly cluster: Cluster
  readonly names: Names
  readonly traffic: Traffic
  readonly findings: ObjectFindings
  readonly gateways: ReadonlyMap<Manifest, Gateway>
}

/** Where a route leads. */
interface Backend {
  readonly host: string
  readonly port?: string | undefined
  readonly namespace: string
  readonly field: Field
  readonly protocol?: string | undefined
  readonly facts?: CallFacts | undefined
}

/** Calls of gateways to what is behind them. */
export function routeCalls(source: RouteSource): void {
  for (const ingress of source.cluster.of('Ingress')) readIngress(ingress, source)
  for (const route of source.cluster.of(
    'gateway/HTTPRoute',
    'gateway/GRPCRoute',
    'gateway/TCPRoute',
    'gateway/TLSRoute',
  ))
    readRoute(route, source)
  for (const service of source.cluster.of('istio/VirtualService')) readVirtualService(service, source)
  for (const route of source.cluster.of(...customRoutes)) readCustomRoute(route, source)
}

function readCustomRoute(manifest: Manifest, source: RouteSource): void {
  const gateway = source.gateways.get(manifest)
  for (const { name, port, protocol, namespace = manifest.namespace ?? defaultNamespace } of backendsOf(
    manifest,
  )) {
    const host = name.word()
    if (host !== undefined)
      callBackend(manifest, gateway, { host, port, namespace, field: name, protocol }, source)
  }
}

function readIngress(manifest: Manifest, source: RouteSource): void {
  const spec = manifest.root.at('spec')
  const gateway = source.gateways.get(manifest)
  const paths = spec
    .at('rules')
    .items()
    .flatMap((rule) => rule.at('http').at('paths').items())
    .map((path) => path.at('backend'))
  const protocol =
    manifest.annotations.get('nginx.ingress.kubernetes.io/backend-protocol')?.toLowerCase() ?? 'http'
  const namespace = manifest.namespace ?? defaultNamespace
  // Before networking.k8s.io/v1 the default backend was `backend`.
  for (const backend of [...paths, spec.at('defaultBackend'), spec.at('backend')]) {
    const service = backend.at('service')
    const name = service.present ? service.at('name') : backend.at('serviceName')
    const host = name.word()
    if (host === undefined) continue
    const port =
      service.at('port').at('number').word() ??
      service.at('port').at('name').word() ??
      backend.at('servicePort').word()
    const facts = annotatedTimes(manifest)
    callBackend(manifest, gateway, { host, port, namespace, field: name, protocol, facts }, source)
  }
  askBeside(manifest, gateway, source)
}

/** Before each request ingress-nginx asks the service of `auth-url`; `snippets` are not followed. */
function askBeside(manifest: Manifest, gateway: Gateway | undefined, source: RouteSource): void {
  const { annotations, root } = manifest
  const field = root.at('metadata').at('annotations')
  const namespace = manifest.namespace ?? defaultNamespace
  for (const name of ['auth-url', 'mirror-target']) {
    const url = URL.parse(
      annotations.get(`nginx.ingress.kubernetes.io/${name}`)?.replaceAll(/[${}]/g, '') ?? '',
    )
    if (url === null || url.hostname === '' || /[^\w.-]/.test(url.hostname)) continue
    const backend = { host: url.hostname, port: url.port === '' ? undefined : url.port, namespace, field }
    callBackend(manifest, gateway, { ...backend, protocol: url.protocol.slice(0, -1) }, source)
  }
}

/** ingress-nginx: seconds to wait for the answer, and attempts at other replicas. */
function annotatedTimes({ annotations, root }: Manifest): CallFacts {
  const field = root.at('metadata').at('annotations')
  const number = (name: string) =>
    Number(annotations.get(`nginx.ingress.kubernetes.io/${name}`)?.replace(/s$/, ''))
  const [seconds, tries] = [number('proxy-read-timeout'), number('proxy-next-upstream-tries')]
  return {
    ...(seconds > 0 ? { timeoutMs: field.fact(seconds * 1_000) } : {}),
    ...(tries > 0 ? { attempts: field.fact(tries) } : {}),
  }
}

const spokenOn: Readonly<Record<string, string>> = {
  'gateway/GRPCRoute': 'grpc',
  'gateway/HTTPRoute': 'http',
}

/** Routes of the Gateway API. */
function readRoute(manifest: Manifest, source: RouteSource): void {
  const spec = manifest.root.at('spec')
  const namespace = manifest.namespace ?? defaultNamespace
  const parents = spec
    .at('parentRefs')
    .items()
    .flatMap((parent): readonly Gateway[] => {
      if ((parent.at('kind').text() ?? 'Gateway') !== 'Gateway') return []
      const name = parent.at('name').word() ?? ''
      const within = parent.at('namespace').word() ?? namespace
      const gateway = source.cluster.find('gateway/Gateway', name, within)
      if (gateway !== undefined) return [source.gateways.get(gateway)].filter((each) => each !== undefined)
      if (source.cluster.of('gateway/Gateway').length > 0)
        source.findings.dangling(manifest, `Gateway ${name}`, parent)
      return []
    })
  const protocol = spokenOn[manifest.type]
  for (const rule of spec.at('rules').items()) {
    // A mirror gets a copy of each request.
    const mirrors = rule
      .at('filters')
      .items()
      .map((filter) => filter.at('requestMirror').at('backendRef'))
      .filter(({ present }) => present)
    for (const reference of [...rule.at('backendRefs').items(), ...mirrors]) {
      if ((reference.at('kind').text() ?? 'Service') !== 'Service') continue
      const backend: Backend = {
        host: reference.at('name').word() ?? '',
        port: reference.at('port').word(),
        namespace: reference.at('namespace').word() ?? namespace,
        field: reference,
        protocol,
        facts: { ...ruleFacts(rule), ...(mirrors.includes(reference) ? copied(reference) : {}) },
      }
      if (parents.length === 0) callBackend(manifest, undefined, backend, source)
      for (const parent of parents) callBackend(manifest, parent, backend, source)
    }
  }
}

/** GEP-1742 and GEP-1731: `backendRequest` bounds one attempt, `request` all of them. */
function ruleFacts(rule: Field): CallFacts {
  const times = ['backendRequest', 'request'].map((key) => rule.at('timeouts').at(key))
  const time = times.find((field) => millisecondsOf(field.text()) !== undefined)
  const timeout = millisecondsOf(time?.text())
  const retries = rule.at('retry').at('attempts')
  const count = retries.number()
  return {
    ...(time === undefined || timeout === undefined ? {} : { timeoutMs: time.fact(timeout) }),
    ...(count === undefined || count < 0 ? {} : { attempts: retries.fact(count + 1) }),
  }
}

function readVirtualService(manifest: Manifest, source: RouteSource): void {
  const spec = manifest.root.at('spec')
  const namespace = manifest.namespace ?? defaultNamespace
  const gateways = spec
    .at('gateways')
    .items()
    .flatMap((field) => gatewayNamed(field, manifest, source))
  for (const kind of ['http', 'tls', 'tcp']) {
    for (const rule of spec.at(kind).items()) {
      const mirrors = [
        rule.at('mirror'),
        ...rule
          .at('mirrors')
          .items()
          .map((each) => each.at('destination')),
      ]
      const destinations = rule
        .at('route')
        .items()
        .map((route) => route.at('destination'))
      for (const destination of [...destinations, ...mirrors.filter(({ present }) => present)]) {
        const backend: Backend = {
          host: destination.at('host').word() ?? '',
          port: destination.at('port').at('number').word(),
          namespace,
          field: destination.at('host'),
          protocol: kind === 'http' ? 'http' : undefined,
          facts: {
            ...(kind === 'http' ? routeFacts(rule) : {}),
            ...(mirrors.includes(destination) ? copied(destination) : {}),
          },
        }
        if (gateways.length === 0) callBackend(manifest, undefined, backend, source)
        for (const gateway of gateways) callBackend(manifest, gateway, backend, source)
      }
    }
  }
}

/** Nobody waits for the answer to a copy. */
function copied(field: Field): CallFacts {
  return { required: field.fact(false), synchronous: field.fact(false) }
}

/** `mesh` is no gateway: it means the callers themselves. */
function gatewayNamed(field: Field, manifest: Manifest, source: RouteSource): readonly Gateway[] {
  const text = field.word() ?? ''
  if (text === 'mesh' || text === '') return []
  const [first = '', second] = text.split('/')
  const [name, namespace] =
    second === undefined ? [first.split('.')[0] ?? '', manifest.namespace] : [second, first]
  const gateway = source.cluster.find('istio/Gateway', name, namespace)
  const found = gateway === undefined ? undefined : source.gateways.get(gateway)
  if (found !== undefined) return [found]
  if (source.cluster.of('istio/Gateway').length > 0)
    source.findings.dangling(manifest, `Gateway ${text}`, field)
  return []
}

/** One call for each component that the gateway is; without a gateway it is only looked whether the way leads anywhere. */
function callBackend(
  manifest: Manifest,
  gateway: Gateway | undefined,
  backend: Backend,
  source: RouteSource,
): void {
  const { host, port, namespace, field, protocol, facts } = backend
  if (host === '') return
  const destination = source.names.destination(host, namespace)
  tellDangling(manifest, backend, source)
  if (destination !== undefined)
    source.findings.target(manifest, ...destination.workloads.map(({ id }) => id))
  for (const [index, from] of (gateway?.ids ?? []).entries()) {
    const caller = gateway?.workloads[index]
    const reference = { from, caller, namespace, host, port, protocol, field, facts }
    if (!source.traffic.add(reference) && !isInner(host)) source.traffic.addExternal(reference)
  }
}

/** A backend needs a Service that has its port; a workload of its name is not enough. */
function tellDangling(
  manifest: Manifest,
  { host, port, namespace, field }: Backend,
  source: RouteSource,
): void {
  const service = source.names.destination(host, namespace)?.service
  if (service === undefined) {
    if (isInner(host)) source.findings.dangling(manifest, `Service ${host}`, field)
    return
  }
  const ports = service.root.at('spec').at('ports').items()
  const has = ports.some(
    (candidate) => candidate.at('port').word() === port || candidate.at('name').word() === port,
  )
  if (port !== undefined && ports.length > 0 && !has)
    source.findings.dangling(manifest, `Service ${host} port ${port}`, field)
}
