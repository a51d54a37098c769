import { external } from '@plimsoll/contract'
import * as z from 'zod'

/** The payment provider: a company of its own; provider/openapi.yaml is its description. */
export const provider = external({ name: 'payment-provider', timeout: '400ms', sends: ['internal'] })

/** What it answers, as far as this service reads it. An answer of another shape is an error, never passed on. */
export const charge = z.object({
  id: z.string().max(64),
  card: z.object({ brand: z.string().max(20), number: z.string().max(19), last4: z.string().length(4) }),
})

export const refusal = z.object({ reason: z.string().max(200) })
