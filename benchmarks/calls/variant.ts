import type { Credentials } from '@plimsoll/identity'

/** What the two ends of a variant are given. */
export interface Ends {
  readonly server: Credentials
  readonly client: Credentials
}

/** One way to call an operation over the network. */
export interface Variant {
  /** Starts the callee; gives its address, `host:port`. */
  serve(ends: Ends): Promise<string>
  /** Connects a caller; the function makes one call and checks the answer. */
  connect(address: string, ends: Ends): Promise<() => Promise<unknown>>
}

/** About 200 bytes as JSON. */
export const request = {
  sku: 'LT-1000',
  quantity: 12,
  customer: 'customer-4711',
  channel: 'storefront',
  currency: 'EUR',
  note: 'please wrap it as a present and leave it with the neighbours at number seven',
}
export type Request = typeof request

/** About 500 bytes as JSON. */
export const reply = {
  sku: 'LT-1000',
  quantity: 12,
  unit: 8_990,
  total: 97_092,
  currency: 'EUR',
  lines: Array.from({ length: 5 }, (_, at) => ({
    text: `Oak lantern, part ${at + 1} of the order, in brown paper`,
    amount: 19_418 + at,
  })),
  validUntil: '2027-01-31T12:00:00Z',
}

export function split(address: string): { readonly host: string; readonly port: number } {
  const [host = '', port = ''] = address.split(':')
  return { host, port: Number(port) }
}

export function check(answer: { readonly total: number }): void {
  if (answer.total !== reply.total) throw new Error('a wrong answer')
}
