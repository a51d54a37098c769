import { defineContract, personal } from '@plimsoll/contract'
import * as z from 'zod'
import { orderId } from '../money.ts'

export const notifications = defineContract({
  name: 'notifications',
  version: '1.0.0',
  summary: 'Tells customers what happened to their orders',
  operations: {
    send: {
      input: z.object({ orderId, email: personal(z.email().max(120)), text: z.string().max(500) }),
      output: z.object({ queued: z.boolean() }),
      access: 'services',
      deadline: '200ms',
      idempotent: true,
    },
  },
})
