// As docs/performance.md recommends: Zod compiles every schema that is made after this.
import 'zod/compile'
import { defineContract } from '@plimsoll/contract'
import { createCaller, createLogger, implement, serve } from '@plimsoll/service'
import { tmpdir } from 'node:os'
import * as z from 'zod'
import { createClients } from '../../../packages/service/clients.ts'
import { Deadline } from '../../../packages/service/deadline.ts'
import { continueTrace } from '../../../packages/service/traceparent.ts'
import { check, reply, request, type Variant } from '../variant.ts'

const pricing = defineContract({
  name: 'pricing',
  version: '1.0.0',
  operations: {
    quote: {
      input: z.object({
        sku: z.string().max(40),
        quantity: z.int().min(1).max(1_000),
        customer: z.string().max(80),
        channel: z.string().max(40),
        currency: z.enum(['EUR', 'USD']),
        note: z.string().max(500),
      }),
      output: z.object({
        sku: z.string().max(40),
        quantity: z.int(),
        unit: z.int(),
        total: z.int(),
        currency: z.string().length(3),
        lines: z.array(z.object({ text: z.string().max(200), amount: z.int() })).max(50),
        validUntil: z.string().max(40),
      }),
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
  },
})

const service = implement(pricing, { operations: { quote: ({ sku }) => ({ ...reply, sku }) } })
const logger = createLogger({ service: 'pricing', instance: 'pricing/0', sink: () => undefined })

/** Everything on: mutual TLS, authorisation, deadline, validation at both ends, trace. */
export const plimsoll: Variant = {
  async serve({ server, client }) {
    const { address } = await serve(service, {
      credentials: () => server,
      listen: { host: '127.0.0.1', port: 0 },
      snapshot: () => snapshot,
      dataFolder: tmpdir(),
      externals: {},
      logger,
    })
    const snapshot = { revision: 1, endpoints: {}, callers: { quote: [client.identity.id] } }
    return address
  },
  async connect(address, { client }) {
    const snapshot = {
      revision: 1,
      endpoints: { pricing: [{ address, instance: 'pricing/0' }] },
      callers: {},
    }
    const caller = createCaller({
      credentials: () => client,
      trustDomain: client.identity.trustDomain,
      snapshot: () => snapshot,
    })
    const [quote] = createClients({
      uses: { pricing: [pricing.operations.quote] },
      caller,
      externals: {},
      logger,
    })
    if (quote?.kind !== 'operation') throw new Error('no client')
    return async () => {
      const own = {
        operation: 'orders.place',
        deadline: new Deadline(5_000),
        trace: continueTrace(undefined),
        subject: undefined,
      }
      check((await quote.call(own, request, undefined)) as typeof reply)
    }
  },
}
