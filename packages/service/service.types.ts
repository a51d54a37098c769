// What must not compile. The compiler fails where an expectation here is not met; nothing of this file runs.
import { use } from '@plimsoll/contract'
import { implement } from './implement.ts'
import type { Permit } from './interceptors/authorise.ts'
import type { AuthenticatedCall, CheckedCall } from './interceptors/interceptor.ts'
import { handle } from './operation.ts'
import { catalog, pricing } from './testing/shop.ts'

const refresh = () => ({ refreshed: 1 })
const uses = { catalog: [catalog.operations.lookup] } as const

// @ts-expect-error: the handler of `refresh` is missing
implement(pricing, { operations: { quote: ({ sku }) => ({ sku, total: 1 }) } })

// @ts-expect-error: `discount` is no operation of the contract
implement(pricing, { operations: { refresh, quote: ({ sku }) => ({ sku, total: 1 }), discount: () => 1 } })

implement(pricing, {
  uses,
  operations: {
    refresh,
    async quote({ sku, quantity }, { catalog, fail, signal, caller }) {
      // @ts-expect-error: the input has no member `customer`
      void (({ customer }) => customer)({ sku, quantity })
      // @ts-expect-error: a sku is a text
      await catalog.lookup({ sku: 1 })
      // @ts-expect-error: the input of lookup lacks its sku
      await catalog.lookup({})
      // @ts-expect-error: `rename` is in the contract, but not among the uses
      await catalog.rename({ sku, name: 'card' })
      // @ts-expect-error: the failure has not been looked at
      void (await catalog.lookup({ sku }, { signal })).value
      // @ts-expect-error: the contract declares no such error
      if (caller.name === '') return fail('OUT_OF_STOCK')
      // @ts-expect-error: the error needs its data
      if (caller.name === 'a') return fail('UNKNOWN_SKU')
      // @ts-expect-error: the error's data has another shape
      if (caller.name === 'b') return fail('UNKNOWN_SKU', { sku: 1 })
      const found = await catalog.lookup({ sku })
      if (!found.ok) return fail('UNKNOWN_SKU', found.data)
      const price: number = found.value.price
      return { sku, total: price * quantity }
    },
  },
})

implement(pricing, {
  operations: {
    refresh,
    // @ts-expect-error: the output lacks its total
    quote: ({ sku }) => ({ sku }),
  },
})

implement(pricing, {
  operations: {
    refresh,
    // @ts-expect-error: nothing is declared, so nothing can be called
    quote: async ({ sku }, { catalog }) => ({ sku, total: await catalog.lookup({ sku }) }),
  },
})

implement(pricing, {
  uses: { catalog: [use(catalog.operations.rename, { optional: true })] },
  operations: {
    quote: ({ sku }) => ({ sku, total: 1 }),
    async refresh(_input, { catalog }) {
      // @ts-expect-error: an optional call may have failed
      void (await catalog.rename({ sku: 'A1', name: 'card' })).value
      const renamed = await catalog.rename({ sku: 'A1', name: 'card' })
      if (renamed.ok) return { refreshed: renamed.value.renamed ? 1 : 0 }
      const code: 'UNAVAILABLE' = renamed.code
      return { refreshed: code.length }
    },
  },
})

implement(pricing, {
  uses: { catalog: [catalog.operations.rename] },
  operations: {
    quote: ({ sku }) => ({ sku, total: 1 }),
    async refresh(_input, { catalog }) {
      const { renamed } = await catalog.rename({ sku: 'A1', name: 'card' })
      return { refreshed: renamed ? 1 : 0 }
    },
  },
})

/** Nothing but the authorisation itself makes a permit, and without one no handler runs. */
export function withoutPermit(call: CheckedCall): unknown {
  // @ts-expect-error: there is no permit
  call.operation.carryOut(undefined, call)
  // @ts-expect-error: a permit of another make is none
  return call.operation.carryOut({ toString: () => 'ada may call quote' }, call)
}

// @ts-expect-error: a permit is made where the decision is made; nothing but its type leaves that file
export const forged: Permit = new Permit('ada', 'quote')

/** Who calls is known, and not yet whether it may. */
export function beforeTheDecision(call: AuthenticatedCall): unknown {
  // @ts-expect-error: it has no permit, no operation and no deadline yet
  return handle(call)
}
