import { defineContract, personal } from '@plimsoll/contract'
import * as z from 'zod'
import { money, orderId } from '../money.ts'

export const receipts = defineContract({
  name: 'receipts',
  version: '1.0.0',
  summary: 'What a customer gets to see of an order',
  operations: {
    show: {
      http: 'GET /receipts/{orderId}',
      input: z.object({ orderId }),
      output: z.object({
        orderId,
        customer: personal(z.string().max(80)),
        lines: z.array(z.string().max(200)).max(10),
        total: money,
        payment: z.record(z.string().max(40), z.json()),
      }),
      errors: { UNKNOWN_ORDER: { status: 404 } },
      access: 'consumers',
      scopes: ['orders:read'],
      deadline: '1s',
    },
  },
})
