// What must not compile. The compiler fails where an expectation here is not met; nothing of this file runs.
import * as z from 'zod'
import { defineContract, external, personal, use, type SchemaOutput, type Uses } from './index.ts'

const input = z.object({ sku: z.string() })
const output = z.object({ total: z.int() })

export const pricing = defineContract({
  name: 'pricing',
  version: '1.0.0',
  operations: { quote: { input, output, access: 'services', deadline: '250ms' } },
})

// @ts-expect-error: the contract has no such operation
export const missing = pricing.operations.discount

// @ts-expect-error: a contract does not change
pricing.version = '2.0.0'

// @ts-expect-error: nothing says who may call it; there is no default
defineContract({ name: 'a', version: '1.0.0', operations: { quote: { input, output, deadline: '1s' } } })

defineContract({
  name: 'pricing',
  version: '1.0.0',
  // @ts-expect-error: an operation has a deadline
  operations: { quote: { input, output, access: 'services' } },
})

defineContract({
  name: 'pricing',
  version: '1.0.0',
  // @ts-expect-error: a deadline has a unit
  operations: { quote: { input, output, access: 'services', deadline: '250' } },
})

defineContract({
  name: 'pricing',
  version: '1.0.0',
  // @ts-expect-error: `everybody` is no access
  operations: { quote: { input, output, access: 'everybody', deadline: '1s' } },
})

defineContract({
  name: 'pricing',
  version: '1.0.0',
  // @ts-expect-error: HTTP has no method FETCH here
  operations: { quote: { http: 'FETCH /quotes', input, output, access: 'services', deadline: '1s' } },
})

defineContract({
  name: 'pricing',
  version: '1.0.0',
  // @ts-expect-error: a plain object is no schema
  operations: { quote: { input: { sku: 'string' }, output, access: 'services', deadline: '1s' } },
})

// @ts-expect-error: an external has a timeout
external({ name: 'payments' })

// @ts-expect-error: attempts are a number
use(pricing.operations.quote, { attempts: '3' })

// @ts-expect-error: a contract is no list of operations
export const uses: Uses = { pricing }

/** A data class changes nothing of a schema's type. */
export const email: SchemaOutput<typeof classified> = 'ada@example.org'
const classified = personal(z.email())

// @ts-expect-error: still a text
export const number: SchemaOutput<typeof classified> = 5
