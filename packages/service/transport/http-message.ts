/** How a call looks in HTTP/1.1, for both ends. */
export const deadlineHeader = 'plimsoll-deadline'
export const subjectHeader = 'plimsoll-subject'
export const traceHeader = 'traceparent'
/** `declared` where the body is an error that the contract declares. */
export const errorHeader = 'plimsoll-error'

export const jsonType = 'application/json'
export const problemType = 'application/problem+json'

/** `host:port` of an address; IPv6 hosts stand in brackets. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Host and port of `host:port`; undefined where it is none. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host === undefined || !(port > 0 && port < 65_536) ? undefined : { host, port }
}
