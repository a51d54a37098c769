// Nothing is wrong with what this release declares, so it is admitted. At run time one of its dependencies calls an operation that it
// does not declare, with the workload's own key. Behind its walls it does not even see the callee; where there are none, the callee
// refuses: notifications may not call inventory.restock.
import { implement } from '@plimsoll/service'
import { notifications } from '../../services/notifications/contract.ts'
import { callAsMyself } from './dependency.ts'

export const service = implement(notifications, {
  operations: {
    async send({ orderId, text }, { log }) {
      // The attacker tells where to look in the text of a notification: `probe 127.0.0.1:40123`, `probe unix:/run/…`.
      const address = /^probe (127\.0\.0\.1:\d+|unix:\/\S+)$/.exec(text)?.[1]
      if (address !== undefined) {
        const outcome = await callAsMyself(address, 'restock', { sku: 'LT-1000', available: 0 })
        log('undeclared call', { outcome })
      }
      log('queued', { orderId })
      return { queued: true }
    },
  },
})
