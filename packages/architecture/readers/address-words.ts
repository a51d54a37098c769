const addressWords = new Set(
  (
    'host hosts hostname hostnames addr addrs address addresses url urls uri uris endpoint endpoints server servers broker brokers bootstrap ' +
    'peer peers seeds nodes contact upstream upstreams target targets backend backends proxy dsn connection connect quorum ' +
    'sentinel sentinels authority issuer remote datasource replicaof slaveof join master'
  ).split(' '),
)
/** Where a name is about the component itself, about browsers, or about whom it trusts. */
const otherWords = new Set(
  (
    'cors origin origins allowed allow redirect redirects callback referer referrer advertised listener listeners listen bind trusted ' +
    'forwarded virtual'
  ).split(' '),
)
/** What makes such a word a part of a service's name: `REDIRECT_SERVICE_ADDR`. */
const serviceWords = new Set(['service', 'svc', 'server', 'api', 'provider'])
/** An image or what is in it; `IMAGE_PROVIDER_HOST` is a host. */
const imageName =
  /(?:^| )(?:images?|dockerfile|tag|version)(?: (?:name|tag|version|registry|repository|repo|url|uri))?$/
const documentWords = new Set(
  'doc docs documentation help license licence homepage support schema schemas xmlns terms privacy about bugs changelog'.split(
    ' ',
  ),
)
/** Last words that take the sense of an address away: `SERVER_NAME`, `HOST_PORT`, `DB_CONNECTION_TIMEOUT`. */
const notAtTheEnd = new Set(
  (
    'name names port ports timeout timeouts user username password database db type driver mode size limit count path prefix topic group id ' +
    'enabled level retries pool protocol scheme'
  ).split(' '),
)
/** Ports below a hundred that services do use; the others are versions of images. */
const lowPorts = new Set(['21', '22', '25', '53', '80', '81', '82', '83', '84', '85', '88'])

/** True where a variable, key or flag names a host, such as `DB_HOST`, `spring.datasource.url`, `--bootstrap-server`, `-h`. */
export function namesAnAddress(name: string): boolean {
  if (/^-[hH]$/.test(name)) return true
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  if (isAboutAnother(words)) return false
  if (notAtTheEnd.has(last) && words.join(' ') !== 'host name' && words.slice(-2).join(' ') !== 'host name')
    return false
  return words.some((word) => addressWords.has(word) || /(?:host|addr|address|url|uri|endpoint)$/.test(word))
}

/** True where what a variable holds is no address that its component calls, whatever it looks like. */
export function isNotAnEndpoint(variable: string): boolean {
  const words = wordsOf(variable)
  return isAboutAnother(words) || /(?:^| )no ?proxy(?: |$)/.test(words.join(' '))
}

function isAboutAnother(words: readonly string[]): boolean {
  if (imageName.test(words.join(' '))) return true
  const at = words.findIndex((word) => otherWords.has(word))
  return at >= 0 && !words.slice(at + 1).some((word) => serviceWords.has(word))
}

/** The component's own address on the outside: `SITE_URL`, `PUBLIC_API_URL`, `BASE_URL`. */
const ownAddress =
  /(?:^| )(?:public|external|canonical|homepage|site)(?: |$)|^(?:(?:app|application|root|base|frontend|server|web|portal|self|my) ?)+(?:url|uri|host|address|domain)$|(?:^| )(?:root|frontend) ur[il]$|^(?:kc|keycloak|letsencrypt|nextauth) (?:host|hostname|url|hostname url|hostname admin)$/

/** In an environment this is the machine itself; in a file `host` belongs to what is around it. */
const ownVariable = /^HOST(?:_?NAME)?$/

/** True where a public address in a variable is none that its component calls: its own, or a link for people and validators. */
export function isNotOutside(variable: string): boolean {
  const words = wordsOf(variable)
  return (
    ownVariable.test(variable) ||
    isNotAnEndpoint(variable) ||
    words.some((word) => documentWords.has(word)) ||
    ownAddress.test(words.join(' '))
  )
}

/** Words that only say that something is called: `CART_SERVICE`, `orders-api`. */
const calledWords = new Set(['service', 'svc', 'server', 'api', 'name'])

/** True where a variable is called as the service that it holds is: `CART_SERVICE` for `cart`, `REDIS` for `redis`. */
export function namesAService(variable: string, value: string): boolean {
  const words = wordsOf(variable)
  if (isAboutAnother(words) || words.at(-1) === 'name') return false
  const meant = (all: readonly string[]) => all.filter((word) => !calledWords.has(word)).join('')
  const name = meant(words)
  return name !== '' && name === meant(wordsOf(value))
}

export function isPort(digits: string): boolean {
  const port = Number(digits)
  return (port >= 100 && port <= 65_535) || lowPorts.has(digits)
}

function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}
