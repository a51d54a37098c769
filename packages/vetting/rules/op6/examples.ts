import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    owned: sketch({ components: { cart: { owner: 'sales' }, orders: { owner: 'sales' } } }),
    'owners are not in these files': sketch({ components: { cart: {}, orders: {} } }),
  },
  bad: {
    'one forgotten': sketch({ components: { cart: { owner: 'sales' }, orders: {} } }),
    'a store': sketch({ components: { cart: { owner: 'sales' }, 'cart-data': { kind: 'store' } } }),
  },
}
