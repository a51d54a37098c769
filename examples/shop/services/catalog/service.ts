import { implement } from '@plimsoll/service'
import { catalog } from './contract.ts'
import { openProducts, shown, type Products } from './products.ts'

let products: Products

export const service = implement(catalog, {
  start: ({ dataFolder }) => {
    products = openProducts(dataFolder)
  },
  stop: () => products.close(),
  operations: {
    list({ category, page = 1 }) {
      return products.list(category, page)
    },
    lookup({ sku }, { fail }) {
      const row = products.find(sku)
      return row === undefined ? fail('UNKNOWN_SKU', { sku }) : shown(row)
    },
  },
})
