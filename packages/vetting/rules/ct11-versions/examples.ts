import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'one version': sketch({
      components: { 'orders-data': { image: 'mongo:8.0' }, 'users-data': { image: 'mongo:8.0' } },
    }),
    'two images of one repository': sketch({
      components: { cart: { image: 'shop/demo:2.0-cart' }, orders: { image: 'shop/demo:2.0-orders' } },
    }),
  },
  bad: {
    'two versions': sketch({
      components: { 'orders-data': { image: 'mongo:8.0' }, 'users-data': { image: 'mongo:7.0' } },
    }),
    'a service in two versions': sketch({
      components: { 'cart-eu': { image: 'shop/cart:v1.4' }, 'cart-us': { image: 'shop/cart:v1.5' } },
    }),
  },
}
