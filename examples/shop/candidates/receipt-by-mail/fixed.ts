// The fix: the mail is optional. Without notifications a receipt is still shown.
import { use } from '@plimsoll/contract'
import { implement } from '@plimsoll/service'
import { notifications } from '../../services/notifications/contract.ts'
import { orders } from '../../services/orders/contract.ts'
import { receipts } from '../../services/receipts/contract.ts'

export const service = implement(receipts, {
  uses: {
    orders: [orders.operations.get],
    notifications: [use(notifications.operations.send, { optional: true })],
  },
  operations: {
    async show({ orderId }, { orders, notifications, fail, log }) {
      const order = await orders.get({ orderId })
      if (!order.ok) return fail('UNKNOWN_ORDER')
      const { quantity, sku, customer, total, payment } = order.value
      const lines = [`${quantity} × ${sku}`]
      const mailed = await notifications.send({ orderId, email: customer.email, text: lines.join('\n') })
      if (!mailed.ok) log('receipt not mailed', { orderId })
      return { orderId, customer: customer.name, lines, total, payment }
    },
  },
})
