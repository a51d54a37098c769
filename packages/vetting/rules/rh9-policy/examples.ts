import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a policy that holds': sketch({
      components: { 'orders-data': { kind: 'store' } },
      objects: { 'NetworkPolicy shop/orders-data': { targets: ['orders-data'], dangling: [] } },
    }),
    'another kind of object': sketch({ objects: { 'Service shop/cart': { dangling: ['app=carts'] } } }),
  },
  bad: {
    'a mistyped label': sketch({
      components: { 'orders-data': { kind: 'store' } },
      objects: { 'NetworkPolicy shop/orders-data': { dangling: ['app=order-data'] } },
    }),
    'a caller who is gone': sketch({
      components: { 'orders-data': { kind: 'store' } },
      objects: { 'NetworkPolicy shop/orders-data': { targets: ['orders-data'], dangling: ['app=reports'] } },
    }),
  },
}
