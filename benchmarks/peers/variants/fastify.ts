import { serverTls } from '@plimsoll/identity'
import fastify from 'fastify'
import { reply, type Request, type Variant } from '../../calls/variant.ts'
import { undiciCaller } from './http.ts'

const body = {
  type: 'object',
  required: ['sku', 'quantity', 'customer', 'channel', 'currency', 'note'],
  properties: {
    sku: { type: 'string', maxLength: 40 },
    quantity: { type: 'integer', minimum: 1, maximum: 1_000 },
    customer: { type: 'string', maxLength: 80 },
    channel: { type: 'string', maxLength: 40 },
    currency: { type: 'string', enum: ['EUR', 'USD'] },
    note: { type: 'string', maxLength: 500 },
  },
}
const line = { type: 'object', properties: { text: { type: 'string' }, amount: { type: 'integer' } } }
const response = {
  200: {
    type: 'object',
    properties: {
      sku: { type: 'string' },
      quantity: { type: 'integer' },
      unit: { type: 'integer' },
      total: { type: 'integer' },
      currency: { type: 'string' },
      lines: { type: 'array', items: line },
      validUntil: { type: 'string' },
    },
  },
}

/** Fastify with its compiled schemas, mutual TLS, called with undici. */
export const fastifyUndici: Variant = {
  async serve({ server }) {
    const application = fastify({ https: serverTls(server) as never, logger: false })
    application.post<{ Body: Request }>('/quote', { schema: { body, response } }, async (incoming) => ({
      ...reply,
      sku: incoming.body.sku,
    }))
    return (await application.listen({ host: '127.0.0.1', port: 0 })).replace('https://', '')
  },
  connect: async (address, ends) => undiciCaller(address, '/quote', ends),
}
