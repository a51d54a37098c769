import * as z from 'zod'

/** An amount in cents. */
export const money = z.object({ amount: z.int().min(0).max(100_000_000), currency: z.literal('EUR') })

export const sku = z
  .string()
  .regex(/^[A-Z]{2}-\d{4}$/)
  .max(7)

export const orderId = z.uuid()
