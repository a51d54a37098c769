/** Last words that make a variable speak about a secret instead of holding one: `TOKEN_URL`, `PASSWORD_FILE`. */
const aboutIt = new Set(
  (
    'file files path host hosts url uri endpoint issuer audience name names id ids length size min max ttl expiry expiration expires timeout header ' +
    'headers type policy algorithm enabled enable disabled required allow empty count rotation interval prefix suffix field dir directory store ' +
    'provider addr address port hint reset lifetime duration seconds minutes hours days validity location version ref arn mode class ' +
    'strategy validation encoder format alias limit budget per'
  ).split(' '),
)
const secretWords = new Set(
  (
    'password passwd pwd pass passphrase passcode secret secrets token credential credentials apikey secretkey accesskey privatekey authkey ' +
    'encryptionkey signingkey masterkey licensekey sharedkey storagekey accountkey pepper'
  ).split(' '),
)
const secretEndings = /(?:password|passwd|passphrase|secret|apikey|secretkey|privatekey|accesskey)$/
/** Keys that lock nothing: `PUBLIC_KEY`, `PARTITION_KEY`. */
const openKeys = new Set(
  'public primary partition routing sort foreign cache row topic message object group index host site map shard hash tag label'.split(
    ' ',
  ),
)
/** What a value says where there is none, or where it lies elsewhere. */
const noSecret =
  /^(?:|true|false|yes|no|on|off|null|none|nil|undefined|enabled|disabled|~|\*+|x{3,}|\.{3}|<[^>]*>|\{\{.*\}\}|%[^%]+%|todo)$/i
const elsewhere =
  /^(?:\.{0,2}\/[\w./-]+$|~\/|file:|vault:|arn:|ssm:|sm:\/\/|op:\/\/|awssm:|gcp-?sm:|secretref:|secret:\/\/|ref\+|env:|@Microsoft\.KeyVault\()/i
/** A reference without a default: `$NAME`, `${NAME}`, `${NAME:?message}`, `$(NAME)`. */
const references = /\$(?:\{[A-Za-z_]\w*(?::?\?[^}]*)?\}|\([A-Za-z_][\w.-]*\)|[A-Za-z_]\w*)/g
const credentialsInUrl = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/gi
const credentialsBeforeAddress = /^[^\s:@/]+:([^\s@]+)@(?:tcp|unix)?\(/
const passwordInText =
  /(?:password|passwd|pwd|secret|api[_-]?key|accountkey|sharedaccesskey)\s*=\s*["']?([^\s;&,"']+)/gi
/** Forms that their issuers made recognisable. */
const tokenForms =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bgithub_pat_\w{22}|\bglpat-[\w-]{20}|\b[sr]k_live_\w{16}|\bxox[abprs]-[\w-]{10}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10}/

/**
 * True where a variable holds a secret in plain text: by its name and value, by credentials inside the value (a URL, a connection
 * string), or by the form of an issuer's token. Give the value as it is written: a reference without a default holds nothing, one with
 * a default holds its default. The value itself goes nowhere.
 */
export function plainSecretIn(variable: string, value: string): boolean {
  const written = defaultsOf(value).trim()
  if (tokenForms.test(written) || hasCredentials(written)) return true
  return namesASecret(variable) && isSecretValue(variable, written)
}

/** References are taken away, defaults stay: they are written where everybody reads. */
function defaultsOf(value: string): string {
  let text = value
  for (let depth = 0; depth < 4 && text.includes('$'); depth += 1) {
    const next = text.replaceAll(references, '').replaceAll(/\$\{[A-Za-z_]\w*:?[-+]([^${}]*)\}/g, '$1')
    if (next === text) return text
    text = next
  }
  return text
}

function hasCredentials(text: string): boolean {
  const patterns = [credentialsInUrl, passwordInText]
  const inside = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))
  const before = credentialsBeforeAddress.exec(text)?.[1]
  return [...inside, ...(before === undefined ? [] : [before])].some(isFilledIn)
}

function isSecretValue(variable: string, value: string): boolean {
  if (!isFilledIn(value)) return false
  if (!/^\d+$/.test(value)) return true
  return /pass|pwd|pin/i.test(variable) && value.length > 1
}

function isFilledIn(value: string): boolean {
  return !noSecret.test(value) && !elsewhere.test(value)
}

function namesASecret(variable: string): boolean {
  const words = variable
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const last = words.at(-1) ?? ''
  if (aboutIt.has(last)) return false
  if (words.some((word) => secretWords.has(word) || secretEndings.test(word))) return true
  const key = /^keys?$/.test(last) ? words.length - 1 : words.indexOf('key')
  const isLast = key === words.length - 1 || (key >= 0 && words.at(-1) === 'base')
  return key > 0 && isLast && !openKeys.has(words[key - 1] ?? '')
}
