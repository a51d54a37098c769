import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'
import { orderId, sku } from '../money.ts'

const stock = z.object({ sku, available: z.int().min(0) })

export const inventory = defineContract({
  name: 'inventory',
  version: '1.0.0',
  summary: 'What is in stock',
  operations: {
    available: {
      input: z.object({ sku }),
      output: stock,
      access: 'services',
      deadline: '100ms',
      idempotent: true,
    },
    reserve: {
      summary: 'Takes goods out of the stock for an order; once an order, however often it is called',
      input: z.object({ orderId, sku, quantity: z.int().min(1).max(1000) }),
      output: stock,
      errors: { OUT_OF_STOCK: { status: 409, data: stock } },
      access: 'services',
      deadline: '200ms',
      idempotent: true,
    },
    restock: {
      http: 'PUT /stock/{sku}',
      summary: 'Sets what is in stock, after counting',
      input: z.object({ sku, available: z.int().min(0).max(100_000) }),
      output: stock,
      access: 'consumers',
      scopes: ['stock:write'],
      deadline: '200ms',
    },
  },
})
