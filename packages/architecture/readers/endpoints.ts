import { isIP } from 'node:net'
import { isNotAnEndpoint, isNotOutside, isPort, namesAnAddress } from './address-words.ts'

/** A reference to a host in a text. */
export interface Endpoint {
  /** The name among the known ones. */
  readonly host: string
  readonly port?: string | undefined
  /** Scheme of its URL, lower case, without `jdbc:` and the like. */
  readonly protocol?: string | undefined
  /** A password stands in its URL. */
  readonly password?: true | undefined
}

/** The names to look for: a set of them, or a map from them. */
type Names = Pick<ReadonlySet<string>, 'has'>

/** Longer texts are whole configuration files; what follows is not read. */
const longestText = 65_536
/**
 * RFC 3986, section 3.2: scheme, then authority up to the path, or up to the next URL of a list. `jdbc:` and the names of wrapping drivers
 * stand before some schemes, `thin:` and the like after.
 */
const urls =
  /(?<![a-z0-9+.-])(?:(?:jdbc|r2dbc):(?:(?:pool|p6spy|otel|aws-wrapper):)?([a-z][a-z0-9]{0,30}):(?:[a-z]{1,20}:)?(?:@?\/\/|@)|([a-z][a-z0-9+._-]{0,30}):\/\/)\/?((?:(?!,[a-z][a-z0-9+._-]{0,30}:\/\/)[^\s/?#"'`<>\\;|)])*)/gi
/** Characters around a name that tell what it is. */
const contextLength = 160
const hostNames = /[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?/gi
/** Resolvers of names (gRPC): how the call speaks is not told. */
const resolvers = /^(?:dns|passthrough|xds|lb)$/
const notOverTheNetwork = /^(?:file|unix|docker|oci|classpath|docker-image|data|npm|git\+file|spiffe)$/
/** What may stand before `host:port`: nothing, a separator, or a resolver such as `dns:`. */
const beforeAddress = /(?:^|[\s"'`=,;([{@|]|(?:^|[^a-z])(?:dns|tcp|udp|ssl|tls|https?|grpc):(?:\/\/\/?)?)$/i
/** A key with its sign (`host=`, `"url": "`), a flag (`--host `), or a flag with its value attached. */
const keyBefore = /(?<![\w.-])([\w.-]{1,80})["'`]?\s?[=:]\s?["'`[]?(?:[\w.:-]{1,80}, ?){0,20}$/
const flagBefore = /(?:^|\s|["'],\s*["'])(--?[a-z][\w.-]*)(?:["'],)?\s+["']?$/i
const connects =
  /(?:^|[\s;&|("'/])(?:curl|wget|nc|ncat|netcat|telnet|ping|wait-for(?:-it)?(?:\.sh)?)["']?,?\s[^;&|]*$/

/**
 * Every reference to a known host in a value, a word of a command line or a line of configuration, in order, each once.
 * A name counts where it stands as a host does: in a URL's authority, before a port, in the form that Kubernetes gives services
 * (`cart.shop.svc`), after a key or flag for hosts. A bare name that is the whole value counts only where `variable` names an address.
 * Variables must be substituted before. Pass `cart.shop` as a known name where short names with a namespace are to be found.
 */
export function endpointsIn(text: string, known: Names, variable?: string): readonly Endpoint[] {
  if (variable !== undefined && isNotAnEndpoint(variable)) return []
  const bounded = text.slice(0, longestText)
  const found: Endpoint[] = []
  const rest = bounded.replaceAll(
    urls,
    (url, driver: string | undefined, scheme: string | undefined, authority: string) => {
      const protocol = (driver ?? scheme ?? '').toLowerCase()
      if (notOverTheNetwork.test(protocol)) return ' '.repeat(url.length)
      for (const { host, ...facts } of hostsOfAuthority(authority)) {
        const name = nameAmong(known, host)
        if (name !== undefined)
          found.push({ host: name, ...facts, ...(resolvers.test(protocol) ? {} : { protocol }) })
      }
      return '/'.repeat(url.length)
    },
  )
  for (const match of rest.matchAll(hostNames)) {
    const endpoint = endpointAt(rest, match, { known, variable })
    if (endpoint !== undefined) found.push(endpoint)
  }
  return distinct(found)
}

/** A host outside: the authority of a URL with a dotted public name. */
export interface PublicHost extends Endpoint {
  readonly protocol: string
}

/**
 * Hosts of the URLs in a text that are names in the public DNS. Links to documents, schemas and licences are left out, and so is
 * the address under which the component itself is known outside.
 */
export function publicHostsIn(text: string, variable?: string): readonly PublicHost[] {
  if (variable !== undefined && isNotOutside(variable)) return []
  const found: PublicHost[] = []
  for (const [, driver, scheme = '', authority = ''] of text.slice(0, longestText).matchAll(urls)) {
    const protocol = (driver ?? scheme).toLowerCase()
    if (notOverTheNetwork.test(protocol)) continue
    for (const { host, ...facts } of hostsOfAuthority(authority)) {
      if (isPublic(host.toLowerCase())) found.push({ host: host.toLowerCase(), ...facts, protocol })
    }
  }
  return distinct(found)
}

/** Hosts after the user information; several, with commas, as MongoDB and Kafka write them. */
function hostsOfAuthority(authority: string): readonly Endpoint[] {
  const end = authority.lastIndexOf('@')
  const hasPassword = /:./.test(authority.slice(0, Math.max(0, end)))
  const hosts = authority.slice(end + 1).split(',')
  return hosts.map((part) => {
    const [, host = '', port = ''] = /^([^:]*):?(\d*)/.exec(part) ?? []
    return { host, ...(port === '' ? {} : { port }), ...(hasPassword ? { password: true } : {}) }
  })
}

function nameAmong(known: Names, host: string): string | undefined {
  const plain = host.replace(/\.$/, '')
  for (const name of [plain, plain.toLowerCase()]) {
    if (known.has(name)) return name
    const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.[\w.-]+)?$/.exec(name) ?? []
    if (service === undefined) continue
    const qualified = `${service}.${namespace ?? ''}`
    if (known.has(qualified)) return qualified
    if (known.has(service)) return service
  }
  return undefined
}

interface Scope {
  readonly known: Names
  readonly variable: string | undefined
}

function endpointAt(text: string, match: RegExpExecArray, { known, variable }: Scope): Endpoint | undefined {
  const [token] = match
  const end = match.index + token.length
  const before = text.slice(Math.max(0, match.index - contextLength), match.index)
  const after = text.slice(end, end + contextLength)
  const attached = attachedToFlag(token, before, known)
  if (attached !== undefined) return { host: attached }
  const host = nameAmong(known, token)
  if (host === undefined || /[/\\.-]$/.test(before)) return undefined
  const port = portAfter(after)
  if (port !== undefined) return beforeAddress.test(before) ? { host, port } : undefined
  if (/^(?:[:@\\-]|\.\w)/.test(after)) return undefined
  if (/\.svc\b/.test(token)) return { host }
  return isHostByItsKey(before, after) || isWholeValue({ before, after }, text, variable)
    ? { host, ...portBeside(before, after) }
    : undefined
}

/** `-hdb`, as the clients of MySQL and PostgreSQL take it. */
function attachedToFlag(token: string, before: string, known: Names): string | undefined {
  if (!token.startsWith('h') || !/(?:^|\s)-$/.test(before)) return undefined
  return nameAmong(known, token.slice(1))
}

/** A port follows; `redis:7` and `redis:7.2` are images. Zookeeper writes two ports. */
function portAfter(after: string): string | undefined {
  const [, port] =
    /^:(\d{2,5})(?::\d{2,5})*(?![\w.@-])/.exec(after) ?? /^:(\d{2,5})\.(?:\s|$)/.exec(after) ?? []
  return port !== undefined && isPort(port) ? port : undefined
}

function isHostByItsKey(before: string, after: string): boolean {
  if (!/^(?:$|[\s"'`,;/)\]}&])/.test(after)) return false
  const key = keyBefore.exec(before)?.[1] ?? flagBefore.exec(before)?.[1]
  if (key !== undefined && namesAnAddress(key)) return true
  return /[\s"']$/.test(before) && connects.test(before) && !/-[oHuXdAeFw]\s+$/.test(before)
}

/** The value is this name, or a list of names, perhaps with a path; and its variable says that it is an address. */
function isWholeValue(
  { before, after }: Readonly<Record<'before' | 'after', string>>,
  text: string,
  variable: string | undefined,
): boolean {
  if (variable === undefined || !namesAnAddress(variable)) return false
  if (/[\s=]/.test(text.trim().replaceAll(/\s*[,;]\s*/g, ','))) return false
  return /(?:^|[\s,;"'[])$/.test(before) && /^(?:$|[\s,;"'\]/])/.test(after)
}

/** `host=db port=5432`, `Server=db,1433`, `nc -z db 5432`. */
function portBeside(before: string, after: string): { port?: string } {
  const port =
    /^[^\n]*?\bport["']?\s*[=:\s]\s*["']?(\d{2,5})\b/i.exec(after)?.[1] ??
    /^,(\d{2,5})\b/.exec(after)?.[1] ??
    (connects.test(before) || /(?:replica|slave)of\s+$/.test(before)
      ? /^["']?\s+["']?(\d{2,5})\b/.exec(after)?.[1]
      : undefined)
  return port === undefined ? {} : { port }
}

/** Names of RFC 2606, RFC 6761 and RFC 6762, and those that platforms keep for the inside, are not public. */
const innerNames =
  /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|svc|cluster|consul|docker|test|invalid|example|localdomain)$|(?:^|\.)example\.(?:com|net|org)$|\.svc\./
const documentHosts =
  /^(?:docs?|schemas?|wiki|help|www\.w3)\.|\.readthedocs\.io$|(?:^|\.)(?:wikipedia|json-schema)\.org$|^(?:www\.)?(?:opensource|apache)\.org$/

function isPublic(host: string): boolean {
  if (isIP(host) !== 0) return false
  if (!/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host)) return false
  return !innerNames.test(host) && !documentHosts.test(host)
}

function distinct<Found extends Endpoint>(endpoints: readonly Found[]): Found[] {
  const key = ({ host, port = '', protocol = '' }: Endpoint) => `${host} ${port} ${protocol}`
  return [...new Map(endpoints.map((endpoint) => [key(endpoint), endpoint])).values()]
}
