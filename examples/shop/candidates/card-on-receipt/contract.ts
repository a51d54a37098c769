import { classified, defineContract } from '@plimsoll/contract'
import * as z from 'zod'
import { payments as current } from '../../services/payments/contract.ts'

const { charge, find } = current.operations

export const payments = defineContract({
  name: 'payments',
  version: '1.1.0',
  operations: {
    charge: charge.declaration,
    find: {
      ...find.declaration,
      summary: 'How an order was paid, with the card, for the support team',
      output: z.object({
        paymentId: z.string().max(64),
        details: classified('card', z.record(z.string().max(40), z.json())),
      }),
    },
  },
})
