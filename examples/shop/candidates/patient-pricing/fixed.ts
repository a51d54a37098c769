// The fix: the one who begins the chain tries again, nobody below does; the promise of 250 ms stays.
import { use } from '@plimsoll/contract'
import { implement } from '@plimsoll/service'
import { catalog } from '../../services/catalog/contract.ts'
import { pricing } from '../../services/pricing/contract.ts'

export const service = implement(pricing, {
  uses: { catalog: [use(catalog.operations.lookup, { attempts: 1, timeout: '120ms' })] },
  operations: {
    async quote({ sku, quantity }, { catalog, fail }) {
      const found = await catalog.lookup({ sku })
      if (!found.ok) return fail('UNKNOWN_SKU', { sku })
      const unit = found.value.price
      const total = { ...unit, amount: Math.round(unit.amount * quantity * (quantity >= 10 ? 0.9 : 1)) }
      return { sku, quantity, unit, total }
    },
  },
})
