import { use } from '@plimsoll/contract'
import { implement } from '@plimsoll/service'
import { inventory } from '../inventory/contract.ts'
import { notifications } from '../notifications/contract.ts'
import { payments } from '../payments/contract.ts'
import { pricing } from '../pricing/contract.ts'
import { openBook, type Book } from './book.ts'
import { orders } from './contract.ts'

let book: Book

export const service = implement(orders, {
  uses: {
    pricing: [use(pricing.operations.quote, { attempts: 2 })],
    inventory: [use(inventory.operations.reserve, { attempts: 2 })],
    payments: [payments.operations.charge, payments.operations.find],
    notifications: [use(notifications.operations.send, { optional: true })],
  },
  start: ({ dataFolder }) => {
    book = openBook(dataFolder)
  },
  stop: () => book.close(),
  operations: {
    async place(
      { orderId, sku, quantity, customer, paymentToken },
      { pricing, inventory, payments, notifications, fail },
    ) {
      const quote = await pricing.quote({ sku, quantity })
      if (!quote.ok) return fail('UNKNOWN_SKU', { sku })
      const { total } = quote.value
      const reserved = await inventory.reserve({ orderId, sku, quantity })
      if (!reserved.ok) return fail('OUT_OF_STOCK', reserved.data)
      const paid = await payments.charge({ orderId, amount: total, paymentToken })
      if (!paid.ok) return fail('DECLINED', paid.data)
      book.write({ orderId, sku, quantity, amount: total.amount, ...customer })
      const text = `Thank you, your order of ${quantity} × ${sku} is on its way.`
      const notice = await notifications.send({ orderId, email: customer.email, text })
      return { orderId, total, notified: notice.ok && notice.value.queued }
    },
    async get({ orderId }, { payments, fail }) {
      const order = book.find(orderId)
      if (order === undefined) return fail('UNKNOWN_ORDER')
      const { sku, quantity, amount, name, email } = order
      const payment = await payments.find({ orderId })
      return {
        orderId,
        sku,
        quantity,
        total: { amount, currency: 'EUR' as const },
        customer: { name, email },
        payment: payment.ok ? payment.value.details : {},
      }
    },
  },
})
