/** Where a URL leads. */
interface UrlHost {
  readonly host: string
  readonly port?: string | undefined
  /** A password stands in the URL. */
  readonly password?: true | undefined
}

/** The hosts of one URL. */
export interface UrlFound {
  /** Lower case, without `jdbc:` and the like. */
  readonly protocol: string
  readonly hosts: readonly UrlHost[]
}

/**
 * RFC 3986, section 3.2: scheme, then authority up to the path, or up to the next URL of a list. `jdbc:` and the names of wrapping drivers
 * stand before some schemes, `thin:` and the like after.
 */
const urls =
  /(?<![a-z0-9+.-])(?:(?:jdbc|r2dbc):(?:(?:pool|p6spy|otel|aws-wrapper):)?([a-z][a-z0-9]{0,30}):(?:[a-z]{1,20}:)?(?:@?\/\/|@)|([a-z][a-z0-9+._-]{0,30}):\/\/)\/?((?:(?!,[a-z][a-z0-9+._-]{0,30}:\/\/)[^\s/?#"'`<>\\;|)])*)/gi
const notOverTheNetwork = /^(?:file|unix|docker|oci|classpath|docker-image|data|npm|git\+file|spiffe)$/

/**
 * Calls `visit` for each URL that leads over a network, and gives the text with every URL blotted out, so that nothing in one is found
 * again.
 */
export function withoutUrls(text: string, visit: (found: UrlFound) => void): string {
  return text.replaceAll(
    urls,
    (url, driver: string | undefined, scheme: string | undefined, authority: string) => {
      const protocol = (driver ?? scheme ?? '').toLowerCase()
      if (notOverTheNetwork.test(protocol)) return ' '.repeat(url.length)
      visit({ protocol, hosts: hostsOfAuthority(authority) })
      return '/'.repeat(url.length)
    },
  )
}

/** Hosts after the user information; several, with commas, as MongoDB and Kafka write them. */
function hostsOfAuthority(authority: string): readonly UrlHost[] {
  const end = authority.lastIndexOf('@')
  const hasPassword = /:./.test(authority.slice(0, Math.max(0, end)))
  const hosts = authority.slice(end + 1).split(',')
  return hosts.map((part) => {
    const [, host = '', port = ''] = /^([^:]*):?(\d*)/.exec(part) ?? []
    return { host, ...(port === '' ? {} : { port }), ...(hasPassword ? { password: true } : {}) }
  })
}
