// Pricing tries four times before it gives up. Fine alone; but an order asks for a price twice, so the catalogue is asked eight times
// for one order when it is slow already, and an order's deadline no longer covers what its callees may take.
import { use } from '@plimsoll/contract'
import { implement } from '@plimsoll/service'
import { catalog } from '../../services/catalog/contract.ts'
import { pricing } from './contract.ts'

export const service = implement(pricing, {
  uses: { catalog: [use(catalog.operations.lookup, { attempts: 4 })] },
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
