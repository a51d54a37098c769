import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'
import { money, sku } from '../money.ts'

const product = z.object({
  sku,
  name: z.string().max(80),
  category: z.string().max(40),
  price: money,
})

export const catalog = defineContract({
  name: 'catalog',
  version: '1.0.0',
  summary: 'What the shop sells',
  operations: {
    list: {
      http: 'GET /products',
      summary: 'Products, twelve a page',
      input: z.object({ category: z.string().max(40).optional(), page: z.int().min(1).max(100).optional() }),
      output: z.object({ products: z.array(product).max(12), pages: z.int() }),
      access: 'public',
      deadline: '150ms',
    },
    lookup: {
      http: 'GET /products/{sku}',
      summary: 'One product',
      input: z.object({ sku }),
      output: product,
      errors: { UNKNOWN_SKU: { status: 404, data: z.object({ sku }) } },
      access: 'public',
      deadline: '150ms',
    },
  },
})
