import { defineContract, personal } from '@plimsoll/contract'
import * as z from 'zod'
import { money, orderId, sku } from '../money.ts'

const customer = z.object({
  name: personal(z.string().min(1).max(80)),
  email: personal(z.email().max(120)),
})

export const orders = defineContract({
  name: 'orders',
  version: '1.0.0',
  summary: 'Takes orders',
  operations: {
    place: {
      http: 'PUT /orders/{orderId}',
      summary: 'Places an order; the caller makes the id, so that a repeated call is the same order',
      input: z.object({
        orderId,
        sku,
        quantity: z.int().min(1).max(100),
        customer,
        paymentToken: z.string().max(64),
      }),
      output: z.object({ orderId, total: money, notified: z.boolean() }),
      errors: {
        UNKNOWN_SKU: { status: 404, data: z.object({ sku }) },
        OUT_OF_STOCK: { status: 409, data: z.object({ sku, available: z.int() }) },
        DECLINED: { status: 402, data: z.object({ reason: z.string().max(200) }) },
      },
      access: 'consumers',
      scopes: ['orders:write'],
      deadline: '2s',
    },
    get: {
      summary: 'An order, with whatever payments tells of how it was paid',
      input: z.object({ orderId }),
      output: z.object({
        orderId,
        sku,
        quantity: z.int(),
        total: money,
        customer,
        payment: z.record(z.string().max(40), z.json()),
      }),
      errors: { UNKNOWN_ORDER: { status: 404 } },
      access: 'services',
      deadline: '800ms',
      idempotent: true,
    },
  },
})
