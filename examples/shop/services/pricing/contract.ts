import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'
import { money, sku } from '../money.ts'

export const pricing = defineContract({
  name: 'pricing',
  version: '1.0.0',
  summary: 'What an amount of a product costs today',
  operations: {
    quote: {
      http: 'GET /quotes/{sku}',
      input: z.object({ sku, quantity: z.int().min(1).max(1000) }),
      output: z.object({ sku, quantity: z.int(), unit: money, total: money }),
      errors: { UNKNOWN_SKU: { status: 404, data: z.object({ sku }) } },
      access: 'consumers',
      scopes: ['shop:read'],
      deadline: '250ms',
    },
  },
})
