import { isIP } from 'node:net'
import { isNotOutside, namesAnAddress } from './address-words.ts'
import { distinct, longestText, type Endpoint } from './endpoints.ts'
import {
  isHostByItsKey,
  isWholeValue,
  keyOf,
  mayBeginAddress,
  portAfter,
  portBeside,
  wordInText,
  type WordInText,
} from './host-context.ts'
import { withoutUrls } from './urls.ts'

const names = /(?<![\w.@$%{-])[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?/g
/** Names of RFC 2606, RFC 6761 and RFC 6762, and those that machines and platforms keep for themselves, lead nowhere outside. */
const noName =
  /(?:^|\.)(?:localhost|local|home|svc|cluster|consul|docker|test|invalid|localdomain)$|\.svc\.|(?:^|\.)(?:(?:host|gateway|kubernetes)\.docker|metadata\.google|containers)\.internal$/
/** Names that documents use for others' hosts; a variable for an address that holds one means a host all the same. */
const exampleName = /(?:^|\.)example(?:\.(?:com|net|org))?$/
const placeholder = /^(?:www\.)?example(?:\.(?:com|net|org))?$/
const documentHosts =
  /^(?:docs?|schemas?|wiki|help|www\.w3)\.|\.readthedocs\.io$|(?:^|\.)(?:wikipedia|json-schema)\.org$|^(?:www\.)?(?:opensource|apache)\.org$/
const fileName =
  /\.(?:json|ya?ml|xml|conf|cfg|cnf|ini|toml|properties|env|sh|py|js|mjs|cjs|ts|jsx?|tsx?|css|html?|md|txt|log|csv|sql|pem|crt|cer|key|jks|p12|jar|war|class|so|dll|exe|zip|gz|tar|tgz|lock|sock|pid|php|rb|rs|go|java|proto|tmpl|png|svg|ico|db)$/
/** Ends that a name of two parts needs to be taken for a host without a port; `app.main` is none. */
const knownEnds =
  /\.(?:com|net|org|io|dev|app|cloud|co|ai|eu|de|uk|fr|nl|ch|at|us|ca|au|in|jp|cn|br|info|biz|tech|internal|intranet|corp|lan)$/
/** Packages of Java begin with what hosts end with. */
const packageName = /^(?:com|org|net|io|java|javax|jakarta|dev|de)\./

/** Hosts outside. */
type PublicHost = Endpoint

/**
 * Hosts of a text that are names in the public DNS, or in the private one of a company: those of URLs, those before a port, and those
 * that are the value of a variable, key or flag for an address. Links to documents, schemas and licences are left out, and so is the
 * address under which the component itself is known outside.
 */
export function publicHostsIn(text: string, variable?: string): readonly PublicHost[] {
  if (variable !== undefined && isNotOutside(variable)) return []
  const isAddress = variable !== undefined && namesAnAddress(variable)
  const found: PublicHost[] = []
  const rest = withoutUrls(text.slice(0, longestText), ({ protocol, hosts }) => {
    for (const { host, ...facts } of hosts) {
      const name = host.toLowerCase()
      if (isPublic(name, isAddress)) found.push({ host: name, ...facts, protocol })
    }
  })
  for (const match of rest.matchAll(names)) {
    const host = bareHost(rest, match, isAddress)
    if (host !== undefined) found.push(host)
  }
  return distinct(found)
}

/** `db.shop.io:5432`, `host=db.shop.io`, or a value that is nothing else. */
function bareHost(
  text: string,
  { 0: token, index }: RegExpExecArray,
  isAddress: boolean,
): PublicHost | undefined {
  const word = wordInText(text, index, token.length)
  if (isPartOfAnother(word) || isNotOutside(keyOf(word.before) ?? '')) return undefined
  const byKey = isHostByItsKey(word)
  if (!isPublic(token, isAddress || byKey)) return undefined
  const port = portAfter(word.after)
  if (port !== undefined) return mayBeginAddress(word.before) ? { host: token, port } : undefined
  if (!looksLikeHost(token)) return undefined
  const isValue = isAddress && isWholeValue(word, text)
  return byKey || isValue ? { host: token, ...portBeside(word) } : undefined
}

/** Of a path, an image, or a longer word. */
function isPartOfAnother({ before, after }: WordInText): boolean {
  return /[/\\]$/.test(before) || /^(?:[\w@\\-]|\.\w)/.test(after)
}

function looksLikeHost(name: string): boolean {
  return !packageName.test(name) && (name.split('.').length > 2 || knownEnds.test(name))
}

function isPublic(host: string, isAddress: boolean): boolean {
  if (isIP(host) !== 0 || fileName.test(host)) return false
  if (!/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host)) return false
  if (exampleName.test(host) && (!isAddress || placeholder.test(host))) return false
  return !noName.test(host) && !documentHosts.test(host)
}
