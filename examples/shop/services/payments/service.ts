import { implement } from '@plimsoll/service'
import { payments } from './contract.ts'
import { charge, provider, refusal } from './provider.ts'

export const service = implement(payments, {
  uses: { provider },
  operations: {
    async charge({ orderId, amount, paymentToken }, { provider, fail }) {
      const answer = await provider.fetch(`/charges/${orderId}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...amount, token: paymentToken }),
      })
      if (answer.status === 402) return fail('DECLINED', refusal.parse(await answer.json()))
      if (!answer.ok) throw new Error(`the payment provider answered ${answer.status}`)
      return { paymentId: charge.parse(await answer.json()).id }
    },
    async find({ orderId }, { provider, fail }) {
      const answer = await provider.fetch(`/charges/${orderId}`)
      if (answer.status === 404) return fail('NOT_PAID')
      if (!answer.ok) throw new Error(`the payment provider answered ${answer.status}`)
      const { id, card } = charge.parse(await answer.json())
      return { paymentId: id, details: { method: card.brand, ending: card.last4 } }
    },
  },
})
