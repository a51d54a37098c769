// The catalogue corrects the stock of what it shows. Fine alone; but everybody may look at a product, so everybody now reaches the
// operation that sets the stock, for which the warehouse needs the scope stock:write.
import { implement } from '@plimsoll/service'
import { catalog } from '../../services/catalog/contract.ts'
import { openProducts, shown, type Products } from '../../services/catalog/products.ts'
import { inventory } from '../../services/inventory/contract.ts'

let products: Products

export const service = implement(catalog, {
  uses: { inventory: [inventory.operations.restock] },
  start: ({ dataFolder }) => {
    products = openProducts(dataFolder)
  },
  stop: () => products.close(),
  operations: {
    list({ category, page = 1 }) {
      return products.list(category, page)
    },
    async lookup({ sku }, { inventory, fail }) {
      const row = products.find(sku)
      if (row === undefined) return fail('UNKNOWN_SKU', { sku })
      await inventory.restock({ sku, available: 100 })
      return shown(row)
    },
  },
})
