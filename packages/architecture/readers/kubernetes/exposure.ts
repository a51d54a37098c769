import type { Component, Fact, PublishedPort } from '../../model.ts'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import type { Manifest } from './manifest.ts'
import type { Names } from './names.ts'
import type { Workload } from './workload.ts'

interface Opening {
  readonly port: PublishedPort
  readonly field: Field
}

/** Ports of each workload, inside and towards the outside. */
export function exposureOf(
  workload: Workload,
  cluster: Cluster,
  names: Names,
): Pick<Component, 'ports' | 'published'> {
  const declared = workload.containers.flatMap((container) => container.at('ports').items())
  const ports = [...new Set(declared.flatMap((port) => port.at('containerPort').word() ?? []))]
  const services = cluster.of('Service').filter((service) => names.behind(service).includes(workload))
  return {
    ports: ports.length === 0 ? undefined : declared[0]?.fact(ports),
    published: publishedOf(workload, declared, { services, some: cluster.of('Service').length > 0 }),
  }
}

/** That nothing is published is known only where the files hold Services at all. */
function publishedOf(
  { pod, containers }: Workload,
  declared: readonly Field[],
  { services, some }: { readonly services: readonly Manifest[]; readonly some: boolean },
): Fact<readonly PublishedPort[]> | undefined {
  const onHost = pod.at('hostNetwork').flag() === true
  const openings = [
    ...services.flatMap(openingsOf),
    ...declared.flatMap((port) => hostPortOf(port, onHost) ?? []),
  ]
  const [first] = openings
  if (first !== undefined) return first.field.fact(distinctPorts(openings.map(({ port }) => port)))
  const [service] = services
  if (service !== undefined) return service.root.at('spec').fact([], 'inferred')
  return some ? (containers[0] ?? pod).fact([], 'inferred') : undefined
}

/** What a Service opens to the outside: node ports, load balancers and external addresses. */
function openingsOf({ root }: Manifest): readonly Opening[] {
  const spec = root.at('spec')
  const type = spec.at('type').text() ?? 'ClusterIP'
  const ports = spec.at('ports').items()
  const external = spec.at('externalIPs').texts()
  const openings: Opening[] = []
  for (const port of ports) {
    const number = port.at('port').word() ?? ''
    if (type === 'NodePort')
      openings.push({ port: { port: port.at('nodePort').word() ?? number }, field: spec.at('type') })
    if (type === 'LoadBalancer') {
      const address = spec.at('loadBalancerIP').word()
      openings.push({
        port: { port: number, ...(address === undefined ? {} : { address }) },
        field: spec.at('type'),
      })
    }
    for (const address of external)
      openings.push({ port: { port: number, address }, field: spec.at('externalIPs') })
  }
  return openings
}

/** On the host's network every port is one of the host. */
function hostPortOf(port: Field, onHost: boolean): Opening | undefined {
  const number = port.at('hostPort').word() ?? (onHost ? port.at('containerPort').word() : undefined)
  if (number === undefined) return undefined
  const address = port.at('hostIP').word()
  const field = port.at('hostPort').present ? port.at('hostPort') : port
  return { port: { port: number, ...(address === undefined || address === '' ? {} : { address }) }, field }
}

export function distinctPorts(ports: readonly PublishedPort[]): readonly PublishedPort[] {
  const distinct = new Map(ports.map((port) => [`${port.address ?? ''} ${port.port}`, port]))
  return [...distinct.values()]
}

/** Protocol of a port of a Service, as it says itself: `appProtocol`, or the prefix of its name, as meshes read it. */
export function portProtocol(
  service: Manifest | undefined,
  port: string | undefined,
): Fact<string> | undefined {
  const ports = service?.root.at('spec').at('ports').items() ?? []
  const named = (candidate: Field) =>
    candidate.at('port').word() === port || candidate.at('name').word() === port
  const field = port === undefined ? (ports.length === 1 ? ports[0] : undefined) : ports.find(named)
  if (field === undefined) return undefined
  const stated = field.at('appProtocol').word()?.toLowerCase()
  const name = field.at('name').word() ?? ''
  const known =
    stated === undefined ? protocolNamed(name) : protocolNamed(stated.replace(/^kubernetes\.io\//, ''))
  if (known === undefined) return undefined
  return field
    .at(stated === undefined ? 'name' : 'appProtocol')
    .fact(known, stated === undefined ? 'inferred' : undefined)
}

const protocols =
  /^(?:(tcp|tls|udp)-)?(grpc-web|grpcs?|https?|http2|h2c|wss?|amqps?|mongodb|mongo|mysql|mssql|postgresql|postgres|rediss?|kafka|nats|mqtt|memcached|cassandra|ldaps?|smtp|tls|tcp|udp)(?:-|$)/

function protocolNamed(name: string): string | undefined {
  const [, , protocol] = protocols.exec(name.toLowerCase()) ?? []
  if (protocol === undefined) return undefined
  const same: Readonly<Record<string, string>> = {
    mongo: 'mongodb',
    postgres: 'postgresql',
    h2c: 'http2',
    'grpc-web': 'grpc',
  }
  return same[protocol] ?? protocol
}
