import { implement } from '@plimsoll/service'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { notifications } from './contract.ts'

export const service = implement(notifications, {
  operations: {
    async send({ orderId, email, text }, { dataFolder, log }) {
      await appendFile(join(dataFolder, 'outbox.jsonl'), `${JSON.stringify({ orderId, email, text })}\n`)
      log('queued', { orderId })
      return { queued: true }
    },
  },
})
