import { implement } from '@plimsoll/service'
import { catalog } from '../catalog/contract.ts'
import { pricing } from './contract.ts'

export const service = implement(pricing, {
  uses: { catalog: [catalog.operations.lookup] },
  operations: {
    async quote({ sku, quantity }, { catalog, fail }) {
      const found = await catalog.lookup({ sku })
      if (!found.ok) return fail('UNKNOWN_SKU', { sku })
      const unit = found.value.price
      const amount = Math.round(unit.amount * quantity * (quantity >= 10 ? 0.9 : 1))
      return { sku, quantity, unit, total: { amount, currency: unit.currency } }
    },
  },
})
