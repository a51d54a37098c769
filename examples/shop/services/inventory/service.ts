import { implement } from '@plimsoll/service'
import { inventory } from './contract.ts'
import { openStock, type Stock } from './stock.ts'

let stock: Stock

export const service = implement(inventory, {
  start: ({ dataFolder }) => {
    stock = openStock(dataFolder)
  },
  stop: () => stock.close(),
  operations: {
    available: ({ sku }) => ({ sku, available: stock.available(sku) }),
    reserve({ orderId, sku, quantity }, { fail }) {
      const reserved = stock.reserve(orderId, sku, quantity)
      const left = { sku, available: stock.available(sku) }
      return reserved ? left : fail('OUT_OF_STOCK', left)
    },
    restock({ sku, available }, { subject, log }) {
      stock.set(sku, available)
      log('restocked', { sku, available, consumer: subject?.consumer ?? 'nobody' })
      return { sku, available }
    },
  },
})
