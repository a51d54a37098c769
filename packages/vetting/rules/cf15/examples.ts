import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

/** Orders asks prices, which answers 200 a second. */
function shop(
  load: number | undefined,
  call: { attempts: number; retryBudget?: boolean; timeoutMs?: number },
) {
  return sketch({
    components: { orders: { replicas: 2, capacity: 900 }, prices: { replicas: 2, capacity: 100 } },
    operations: {
      'orders.place': { access: 'consumers', load, deadlineMs: 2_000 },
      'prices.quote': { access: 'services', deadlineMs: 500 },
    },
    calls: { 'orders.place -> prices.quote': call },
  })
}

export const examples: RuleExamples = {
  good: {
    'one attempt': shop(150, { attempts: 1 }),
    'retries have a budget': shop(150, { attempts: 3, retryBudget: true }),
    'there is room for all attempts': shop(50, { attempts: 3 }),
    'the load is not known': shop(undefined, { attempts: 9 }),
  },
  bad: {
    'three attempts near the limit': shop(150, { attempts: 3, timeoutMs: 500 }),
    'two attempts': shop(120, { attempts: 2, timeoutMs: 500 }),
  },
}
