/** One line of a configuration file. */
export interface ConfigurationLine {
  /** Its key, where the line is `key: value` or `key = value`. */
  readonly name?: string | undefined
  readonly text: string
  /** From 1. */
  readonly line: number
}

const longestFile = 262_144
const longestLine = 2_000
const mostLines = 10_000
const wholeComment = /^\s*(?:#|\/\/|;|--|!|<!--)/
const endComment = /\s(?:#|\/\/|;).*$/
/** `set $up cart;` (nginx), `map` and the like are not followed. */
const nginxVariable = /(?:^|[\s{;])set\s+\$(\w+)\s+["']?([\w.:/-]+)["']?\s*(?:;|$)/
/** Directives of proxies that are followed by an address, without a sign between. */
const forwards =
  /^(?:server|server-template|(?:proxy|fastcgi|grpc|uwsgi|scgi|memcached)_pass|reverse_proxy|forward_auth|php_fastcgi|ProxyPass(?:Reverse)?|BalancerMember|to)\s/

/**
 * The lines of a configuration file that say something, whatever its language: YAML, JSON, TOML, properties, nginx, HAProxy, Caddy. Keys
 * are told apart from values; comments are left out, and variables of nginx stand for what they were set to.
 */
export function configurationLines(text: string): readonly ConfigurationLine[] {
  const variables = new Map<string, string>()
  const lines = text.slice(0, longestFile).split('\n').slice(0, mostLines)
  return lines.flatMap((written, index): readonly ConfigurationLine[] => {
    if (wholeComment.test(written)) return []
    const stated = written.slice(0, longestLine).replace(endComment, '').trim()
    const [, variable, value] = nginxVariable.exec(stated) ?? []
    if (variable !== undefined && value !== undefined) variables.set(variable, value)
    const code = substituted(stated, variables)
    if (code === '') return []
    const line = index + 1
    const [, key, rest] = /^(?:- )?["']?([\w.-]{1,100})["']?\s*(?::\s|=)\s*(.*)$/.exec(code) ?? []
    if (key === undefined || rest === undefined) return [{ text: code, line }]
    return [{ name: key, text: rest.replace(/^["'](.*)["'][,;]?$/, '$1'), line }]
  })
}

/** True for lines in which an address outside is called, and not only told: those with a key, and those of proxies. */
export function mayCallOutside({ name, text }: ConfigurationLine): boolean {
  return name !== undefined || forwards.test(text) || /\bproxy_pass\s/.test(text)
}

function substituted(code: string, variables: ReadonlyMap<string, string>): string {
  if (variables.size === 0 || !code.includes('$')) return code
  return code.replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => variables.get(name) ?? whole)
}
