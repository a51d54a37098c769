import { isNotAnEndpoint, namesAnAddress, namesAService } from './address-words.ts'
import {
  isHostByItsKey,
  isInReplicaSet,
  isWholeValue,
  mayBeginAddress,
  portAfter,
  portBeside,
  withoutUnknownPort,
  wordInText,
  type WordInText,
} from './host-context.ts'
import { withoutUrls } from './urls.ts'

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
export const longestText = 65_536
const hostNames = /[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?/gi
/** Resolvers of names (gRPC): how the call speaks is not told. */
const resolvers = /^(?:dns|passthrough|xds|lb)$/

/**
 * Every reference to a known host in a value, a word of a command line or a line of configuration, in order, each once.
 * A name counts where it stands as a host does: in a URL's authority, before a port, in the form that Kubernetes gives services
 * (`cart.shop.svc`), after a key or flag for hosts. A bare name that is the whole value counts only where `variable` names an address,
 * or the same service. Variables must be substituted before. Pass `cart.shop` as a known name where short names with a namespace are
 * to be found.
 */
export function endpointsIn(text: string, known: Names, variable?: string): readonly Endpoint[] {
  if (variable !== undefined && isNotAnEndpoint(variable)) return []
  const found: Endpoint[] = []
  const rest = withoutUrls(text.slice(0, longestText), ({ protocol, hosts }) => {
    for (const { host, ...facts } of hosts) {
      const name = nameAmong(known, host)
      if (name !== undefined)
        found.push({ host: name, ...facts, ...(resolvers.test(protocol) ? {} : { protocol }) })
    }
  })
  for (const match of rest.matchAll(hostNames)) {
    const endpoint = endpointAt(rest, match, { known, variable })
    if (endpoint !== undefined) found.push(endpoint)
  }
  return distinct(found)
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
  const word = wordInText(text, match.index, token.length)
  const attached = attachedToFlag(token, word, known)
  if (attached !== undefined) return { host: attached }
  const host = nameAmong(known, token)
  if (host === undefined) return undefined
  const port = portAfter(word.after)
  if (isInReplicaSet(word, variable)) return { host, port }
  if (/[/\\.-]$/.test(word.before)) return undefined
  if (port !== undefined) return mayBeginAddress(word.before) ? { host, port } : undefined
  const named = { ...word, after: withoutUnknownPort(word.after) }
  if (/^(?:[:@\\-]|\.\w)/.test(named.after)) return undefined
  // Only the cluster gives out the one, only a swarm the other.
  if (/\.svc\b|^tasks\./.test(token)) return { host }
  const isNamed = isHostByItsKey(named) || (isValueOf(variable, token) && isWholeValue(named, text))
  return isNamed ? { host, ...portBeside(named) } : undefined
}

function isValueOf(variable: string | undefined, token: string): boolean {
  return variable !== undefined && (namesAnAddress(variable) || namesAService(variable, token))
}

/** `-hdb`, as the clients of MySQL and PostgreSQL take it. */
function attachedToFlag(token: string, { before }: WordInText, known: Names): string | undefined {
  if (!token.startsWith('h') || !/(?:^|\s)-$/.test(before)) return undefined
  return nameAmong(known, token.slice(1))
}

/** Each host with its port and protocol once. */
export function distinct<Found extends Endpoint>(endpoints: readonly Found[]): Found[] {
  const key = ({ host, port = '', protocol = '' }: Endpoint) => `${host} ${port} ${protocol}`
  return [...new Map(endpoints.map((endpoint) => [key(endpoint), endpoint])).values()]
}
