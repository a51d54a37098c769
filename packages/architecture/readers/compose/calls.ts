import { isIP } from 'node:net'
import type { Call, Component, Evidence } from '../../model.ts'
import { endpointsIn, type Endpoint } from '../endpoints.ts'
import { publicHostsIn } from '../public-hosts.ts'
import type { ConfigurationText } from './configuration.ts'
import { hostsFor, linksOf, type Hosts } from './hosts.ts'
import { normalised } from './merge.ts'
import { booleanOf, entriesOf, itemsOf, member, textOf, type MapNode, type Node } from './node.ts'
import type { Loading } from './project.ts'
import { commandOf, type Service } from './service.ts'

/** A text in which addresses may stand. */
interface Text {
  readonly text: string
  /** The variable that holds it. */
  readonly variable?: string | undefined
  /** Addresses outside count too. */
  readonly outside: boolean
  readonly place: () => Evidence
}

/** Calls of the services, and what they call outside. */
export interface Calls {
  readonly calls: readonly Call[]
  readonly externals: readonly Component[]
}

interface Search {
  readonly configurationOf: (service: Service) => readonly ConfigurationText[]
  readonly loading: Loading
  readonly hosts: Hosts
}

/** Texts that are searched and calls that are found, all services together; what follows is noted. */
const mostCharacters = 16 * 1_048_576
const mostCalls = 250_000

/** Every call that the files tell of. One that only an order of starting tells of has no protocol. */
export function callsOf(services: readonly Service[], search: Search): Calls {
  const calls: Call[] = []
  const externals = new Map<string, Component>()
  const names = new Set(services.map(({ name }) => name))
  let left = mostCharacters
  for (const service of services) {
    const scope = { service, hosts: hostsFor(service, search.hosts), externals }
    for (const text of textsOf(service, search)) {
      left -= text.text.length
      if (left < 0 || calls.length > mostCalls) {
        search.loading.note('the files hold more text than is searched for addresses', text.place())
        break
      }
      for (const call of callsIn(text, scope)) calls.push(call)
    }
    for (const call of orderedCalls(service)) if (names.has(call.to)) calls.push(call)
  }
  for (const call of routedCalls(services).slice(0, mostCalls)) calls.push(call)
  return { calls: calls.filter(({ from, to }) => from !== to), externals: [...externals.values()] }
}

interface CallScope {
  readonly service: Service
  readonly hosts: Hosts
  /** What was found outside, by its host. */
  readonly externals: Map<string, Component>
}

function callsIn(text: Text, { service, hosts, externals }: CallScope): readonly Call[] {
  const inside = endpointsIn(text.text, hosts, text.variable).flatMap((endpoint) => {
    const to = hosts.get(endpoint.host)
    return to === undefined ? [] : [callTo(service.name, to, endpoint, text)]
  })
  const publicHosts = text.outside ? publicHostsIn(text.text, text.variable) : []
  const outside = publicHosts
    .filter(({ host }) => !hosts.has(host))
    .map((endpoint) => {
      externals.set(endpoint.host, externals.get(endpoint.host) ?? externalAt(endpoint.host, text))
      return callTo(service.name, endpoint.host, endpoint, text)
    })
  return [...inside, ...outside]
}

function textsOf(service: Service, { configurationOf }: Search): readonly Text[] {
  const { settings, node } = service
  const texts: Text[] = settings.map(({ name, text, place }) => ({
    text,
    variable: name,
    outside: true,
    place,
  }))
  for (const key of ['command', 'entrypoint']) {
    const command = node.entries.get(key)
    if (command !== undefined) texts.push({ text: commandOf(command), outside: true, place: command.place })
  }
  for (const [host, value] of entriesOf(normalisedHosts(node.entries.get('extra_hosts'))))
    texts.push({ text: textOf(value) ?? host, outside: false, place: value.place })
  const configuration = configurationOf(service)
  return [...texts, ...configuration.map(({ name, ...text }) => ({ ...text, variable: name }))]
}

function normalisedHosts(node: Node | undefined): Node | undefined {
  return node === undefined ? undefined : normalised(node, 'extra_hosts')
}

function externalAt(host: string, { place }: Text): Component {
  const evidence: Evidence = { ...place(), how: 'inferred' }
  return {
    id: host,
    kind: { value: 'external', evidence },
    address: { value: host, evidence: place() },
    evidence,
  }
}

/** Schemes that tell whether they encrypt. `grpc` and the databases' do both. */
const encrypting =
  /^(?:https|wss|amqps|rediss|grpcs|ldaps|mqtts|ftps|sftp|ssh|smtps|tls|ssl|sasl_ssl|mongodb\+srv)$/
const plain = /^(?:http|ws|amqp|redis|ldap|mqtt|ftp|plaintext|sasl_plaintext)$/

function callTo(from: string, to: string, endpoint: Endpoint, { text, place }: Text): Call {
  const { protocol } = endpoint
  const evidence = place()
  const inferred: Evidence = { ...evidence, how: 'inferred' }
  const encrypted = isEncrypted(protocol, text)
  const hasPassword = endpoint.password === true || /\b(?:password|pwd)=[^\s;&]/i.test(text)
  return {
    from,
    to,
    ...(protocol === undefined ? {} : { protocol: { value: protocol, evidence } }),
    ...(encrypted === undefined ? {} : { encrypted: { value: encrypted, evidence: inferred } }),
    ...(hasPassword ? { authentication: { value: 'password', evidence: inferred } } : {}),
    ...(isIP(endpoint.host) === 0 ? {} : { hardCoded: { value: true, evidence } }),
    evidence,
  }
}

function isEncrypted(protocol: string | undefined, text: string): boolean | undefined {
  if (/\bsslmode=(?:require|verify-ca|verify-full)\b|\b(?:tls|ssl|useSSL|encrypt)=true\b/i.test(text))
    return true
  if (/\bsslmode=disable\b|\b(?:useSSL|encrypt)=false\b/i.test(text)) return false
  if (protocol === undefined) return undefined
  if (encrypting.test(protocol)) return true
  return plain.test(protocol) ? false : undefined
}

/** What starts before it, what it is linked to, and what it shares its namespaces or volumes with. */
function orderedCalls({ name, node }: Service): readonly Call[] {
  return [...dependencies(name, node), ...linked(name, node), ...shared(name, node)]
}

function dependencies(from: string, node: MapNode): readonly Call[] {
  const order = node.entries.get('depends_on')
  const entries = order === undefined ? [] : entriesOf(normalised(order, 'depends_on'))
  return entries.map(([to, entry]) => {
    const evidence = entry.place()
    const isOptional = booleanOf(member(entry, 'required')) === false
    return { from, to, ...(isOptional ? { required: { value: false, evidence } } : {}), evidence }
  })
}

function linked(from: string, node: MapNode): readonly Call[] {
  const links = node.entries.get('links')
  if (links === undefined) return []
  return linksOf(links).map(({ service }) => ({ from, to: service, evidence: links.place() }))
}

function shared(from: string, node: MapNode): readonly Call[] {
  const modes = ['network_mode', 'pid', 'ipc'].flatMap((key) => node.entries.get(key) ?? [])
  const namespaces = modes.flatMap((mode) => {
    const [, to] = /^service:(.+)$/.exec(textOf(mode) ?? '') ?? []
    return to === undefined ? [] : [{ from, to, evidence: mode.place() }]
  })
  const volumes = itemsOf(node.entries.get('volumes_from')).map((item) => {
    const [to = ''] = (textOf(item) ?? '').split(':')
    return { from, to, evidence: item.place() }
  })
  return [...namespaces, ...volumes]
}

const router = /^traefik\.(?:(?:http|tcp|udp)\.(?:routers|services)\.|enable$|port$|frontend\.)/

/** From a Traefik to the services that ask it for a route by their labels. */
function routedCalls(services: readonly Service[]): readonly Call[] {
  const gateways = services.filter(({ node }) =>
    /(?:^|\/)traefik(?:[:@]|$)/.test(textOf(node.entries.get('image')) ?? ''),
  )
  return services.flatMap(({ name, labels }) => {
    const off = labels.some((label) => label.name === 'traefik.enable' && /^false$/i.test(label.text))
    const label = labels.find((candidate) => router.test(candidate.name))
    if (off || label === undefined) return []
    const scheme =
      labels.find((candidate) => /\.loadbalancer\.server\.scheme$/i.test(candidate.name))?.text ?? 'http'
    const evidence = label.place()
    const inferred: Evidence = { ...evidence, how: 'inferred' }
    return gateways.map((gateway) => ({
      from: gateway.name,
      to: name,
      protocol: { value: scheme, evidence: inferred },
      encrypted: { value: scheme === 'https', evidence: inferred },
      evidence,
    }))
  })
}
