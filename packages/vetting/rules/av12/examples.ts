import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

/** Orders passes every request on to prices, of which each replica answers 100 a second. */
function shop(load: number | undefined, prices: { replicas: number; hosts?: readonly string[] }) {
  return sketch({
    components: { orders: { replicas: 3, capacity: 1_000 }, prices: { ...prices, capacity: 100 } },
    operations: { 'orders.place': { access: 'consumers', load }, 'prices.quote': { access: 'services' } },
    calls: { 'orders.place -> prices.quote': {} },
  })
}

export const examples: RuleExamples = {
  good: {
    'two of three suffice': shop(150, { replicas: 3 }),
    'the load is not known': shop(undefined, { replicas: 2 }),
    'each on a host of its own': shop(150, { replicas: 3, hosts: ['north', 'south', 'west'] }),
  },
  bad: {
    'one of two does not suffice': shop(150, { replicas: 2 }),
    'a host takes two of four': shop(250, { replicas: 4, hosts: ['north', 'south'] }),
  },
}
