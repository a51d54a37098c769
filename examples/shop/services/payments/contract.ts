import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'
import { money, orderId } from '../money.ts'

export const payments = defineContract({
  name: 'payments',
  version: '1.0.0',
  summary: 'Money, through the payment provider',
  operations: {
    charge: {
      summary: 'Takes the money for an order; once an order, however often it is called',
      input: z.object({ orderId, amount: money, paymentToken: z.string().max(64) }),
      output: z.object({ paymentId: z.string().max(64) }),
      errors: { DECLINED: { status: 402, data: z.object({ reason: z.string().max(200) }) } },
      access: 'services',
      deadline: '800ms',
      idempotent: true,
    },
    find: {
      summary: 'How an order was paid',
      input: z.object({ orderId }),
      output: z.object({ paymentId: z.string().max(64), details: z.record(z.string().max(40), z.json()) }),
      errors: { NOT_PAID: { status: 404 } },
      access: 'services',
      deadline: '500ms',
      idempotent: true,
    },
  },
})
