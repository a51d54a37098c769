// The fix: the catalogue reads the stock, which every service may, and leaves the counting to the warehouse.
import { implement } from '@plimsoll/service'
import { catalog } from '../../services/catalog/contract.ts'
import { openProducts, shown, type Products } from '../../services/catalog/products.ts'
import { inventory } from '../../services/inventory/contract.ts'

let products: Products

export const service = implement(catalog, {
  uses: { inventory: [inventory.operations.available] },
  start: ({ dataFolder }) => {
    products = openProducts(dataFolder)
  },
  stop: () => products.close(),
  operations: {
    list({ category, page = 1 }) {
      return products.list(category, page)
    },
    async lookup({ sku }, { inventory, fail, log }) {
      const row = products.find(sku)
      if (row === undefined) return fail('UNKNOWN_SKU', { sku })
      const { available } = await inventory.available({ sku })
      if (available === 0) log('sold out', { sku })
      return shown(row)
    },
  },
})
