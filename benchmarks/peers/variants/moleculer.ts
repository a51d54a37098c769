import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { ServiceBroker } from 'moleculer'
import { check, reply, request, type Request, type Variant } from '../../calls/variant.ts'

const quiet = { logger: false, requestTimeout: 5_000 } as const

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

const params = {
  sku: 'string|max:40',
  quantity: 'number|integer|min:1|max:1000',
  customer: 'string|max:80',
  channel: 'string|max:40',
  currency: { type: 'enum', values: ['EUR', 'USD'] },
  note: 'string|max:500',
}

/** Moleculer's TCP transporter with its validator; it secures nothing. */
export const moleculer: Variant = {
  async serve() {
    const port = await freePort()
    const broker = new ServiceBroker({
      ...quiet,
      nodeID: 'callee',
      transporter: { type: 'TCP', options: { udpDiscovery: false, port, urls: [] } },
    } as never)
    broker.createService({
      name: 'pricing',
      actions: {
        quote: { params, handler: (context: { params: Request }) => ({ ...reply, sku: context.params.sku }) },
      },
    } as never)
    await broker.start()
    return `127.0.0.1:${port}`
  },
  async connect(address) {
    const broker = new ServiceBroker({
      ...quiet,
      nodeID: 'caller',
      transporter: {
        type: 'TCP',
        options: { udpDiscovery: false, port: await freePort(), urls: [`${address}/callee`] },
      },
    } as never)
    await broker.start()
    await broker.waitForServices('pricing', 20_000, 100)
    return async () => check((await broker.call('pricing.quote', request)) as typeof reply)
  },
}
