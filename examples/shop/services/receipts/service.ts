import { implement } from '@plimsoll/service'
import { orders } from '../orders/contract.ts'
import { receipts } from './contract.ts'

export const service = implement(receipts, {
  uses: { orders: [orders.operations.get] },
  operations: {
    async show({ orderId }, { orders, fail }) {
      const order = await orders.get({ orderId })
      if (!order.ok) return fail('UNKNOWN_ORDER')
      const { quantity, sku, customer, total, payment } = order.value
      return { orderId, customer: customer.name, lines: [`${quantity} × ${sku}`], total, payment }
    },
  },
})
