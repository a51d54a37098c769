// Receipts also go out by mail. Fine alone; in this shop every receipt now stands and falls with the one replica of notifications.
import { implement } from '@plimsoll/service'
import { notifications } from '../../services/notifications/contract.ts'
import { orders } from '../../services/orders/contract.ts'
import { receipts } from '../../services/receipts/contract.ts'

export const service = implement(receipts, {
  uses: { orders: [orders.operations.get], notifications: [notifications.operations.send] },
  operations: {
    async show({ orderId }, { orders, notifications, fail }) {
      const order = await orders.get({ orderId })
      if (!order.ok) return fail('UNKNOWN_ORDER')
      const { quantity, sku, customer, total, payment } = order.value
      const lines = [`${quantity} × ${sku}`]
      await notifications.send({ orderId, email: customer.email, text: lines.join('\n') })
      return { orderId, customer: customer.name, lines, total, payment }
    },
  },
})
