// A replica as a release starts it, for the test of the life of a replica. What it does is told by its arguments.
import { setTimeout as sleep } from 'node:timers/promises'
import { implement } from '../implement.ts'
import { run } from '../workload/run.ts'
import { pricing } from './shop.ts'

const [behaviour = ''] = process.argv.slice(2)

export const service = implement(pricing, {
  start({ dataFolder }) {
    if (behaviour === 'start-fails') throw new Error(`cannot open a store in ${dataFolder}`)
    process.stdout.write('start hook\n')
  },
  stop: () => void process.stdout.write('stop hook\n'),
  operations: {
    quote({ sku }) {
      if (behaviour === 'uncaught') setTimeout(failLater, 0)
      return { sku, total: 1 }
    },
    async refresh(_input, { signal }) {
      await sleep(200, undefined, { signal })
      return { refreshed: 1 }
    },
  },
})

function failLater(): void {
  void Promise.reject(new Error('nobody caught me'))
}

// What a user's service may leave behind must not keep a drained replica alive.
setInterval(() => undefined, 1_000)

await run(service)
