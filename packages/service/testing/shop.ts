import { defineContract, use } from '@plimsoll/contract'
import { z } from 'zod'
import { implement } from '../implement.ts'

/** Contracts and services of a small shop, for the tests of this package. */
export const catalog = defineContract({
  name: 'catalog',
  version: '1.0.0',
  operations: {
    lookup: {
      input: z.object({ sku: z.string().max(40) }),
      output: z.object({ sku: z.string(), price: z.int() }),
      errors: { UNKNOWN_SKU: { status: 404, data: z.object({ sku: z.string() }) } },
      access: 'services',
      deadline: '2s',
      idempotent: true,
    },
    rename: {
      input: z.object({ sku: z.string(), name: z.string() }),
      output: z.object({ renamed: z.boolean() }),
      access: 'services',
      deadline: '2s',
    },
  },
})

export const pricing = defineContract({
  name: 'pricing',
  version: '1.0.0',
  operations: {
    quote: {
      input: z.object({ sku: z.string().max(40), quantity: z.int().min(1).max(1000) }),
      output: z.object({ sku: z.string(), total: z.int() }),
      errors: { UNKNOWN_SKU: { status: 404, data: z.object({ sku: z.string() }) } },
      access: 'consumers',
      scopes: ['quotes'],
      deadline: '2s',
      idempotent: true,
    },
    refresh: {
      input: z.object({}),
      output: z.object({ refreshed: z.int() }),
      access: 'services',
      deadline: '300ms',
    },
  },
})

const prices = new Map([
  ['A1', 250],
  ['B2', 1_900],
])

export const catalogService = implement(catalog, {
  operations: {
    lookup({ sku }, { fail }) {
      const price = prices.get(sku)
      return price === undefined ? fail('UNKNOWN_SKU', { sku }) : { sku, price }
    },
    rename: () => ({ renamed: true }),
  },
})

export const pricingService = implement(pricing, {
  uses: { catalog: [use(catalog.operations.lookup, { attempts: 3, timeout: '500ms' })] },
  operations: {
    async quote({ sku, quantity }, { catalog }) {
      const found = await catalog.lookup({ sku })
      return found.ok ? { sku, total: found.value.price * quantity } : found
    },
    async refresh(_input, { catalog }) {
      const found = await catalog.lookup({ sku: 'A1' })
      return { refreshed: found.ok ? 1 : 0 }
    },
  },
})
