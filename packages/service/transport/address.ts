/** Where a workload listens: a port (0: any) of an address of this machine, or a Unix socket. */
export type ListenPlace = { readonly host: string; readonly port: number } | { readonly path: string }

/** The longest path that Linux takes for a Unix socket, in bytes, without the end mark (unix(7)). */
export const longestSocketPath = 107

/** An address as text: `host:port`, with an IPv6 host in brackets, or `unix:` and the absolute path of a socket. */
export function formatAddress(place: ListenPlace): string {
  if ('path' in place) return `unix:${place.path}`
  const { host, port } = place
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The place that an address names; undefined where it is none. */
export function parseAddress(address: string): ListenPlace | undefined {
  if (address.startsWith('unix:')) return socketPlace(address.slice('unix:'.length))
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host === undefined || !(port > 0 && port < 65_536) ? undefined : { host, port }
}

/** No dot segment, nothing that a shell or a log would read in another way. */
function socketPlace(path: string): ListenPlace | undefined {
  const proper = path.length <= longestSocketPath && /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(path)
  return proper ? { path } : undefined
}
