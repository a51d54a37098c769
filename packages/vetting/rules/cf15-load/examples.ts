import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

/** Orders asks prices so often for one request. */
function shop(load: number | undefined, perRequest: number) {
  return sketch({
    components: { orders: { replicas: 2, capacity: 500 }, prices: { replicas: 2, capacity: 100 } },
    operations: { 'orders.place': { access: 'consumers', load }, 'prices.quote': { access: 'services' } },
    calls: { 'orders.place -> prices.quote': { perRequest } },
  })
}

export const examples: RuleExamples = {
  good: { 'prices bears it': shop(50, 2), 'the load is not known': shop(undefined, 9) },
  bad: { 'five prices for one order': shop(80, 5), 'a little too much': shop(201, 1) },
}
