import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

/** A shop of services with so many operations each. */
function shop(counts: Readonly<Record<string, number>>) {
  return sketch({
    components: Object.fromEntries(Object.keys(counts).map((name) => [name, {}])),
    operations: Object.fromEntries(
      Object.entries(counts).flatMap(([name, count]) =>
        Array.from({ length: count }, (_, at) => [`${name}.do-${at + 1}`, { access: 'services' as const }]),
      ),
    ),
  })
}

export const examples: RuleExamples = {
  good: {
    'about as many each': shop({ orders: 6, prices: 4, stock: 8, mail: 2 }),
    'one small application': shop({ shop: 30 }),
  },
  bad: {
    'the backend and its three helpers': shop({ backend: 24, prices: 2, stock: 3, mail: 1 }),
    'forty operations in one': shop({ core: 40, prices: 5, stock: 5, mail: 5, search: 5 }),
  },
}
