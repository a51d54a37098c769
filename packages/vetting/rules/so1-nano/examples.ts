import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const shop = { owner: 'shop' }
const operations = { 'orders.place': {}, 'rounding.round': {}, 'dates.format': {} }

export const examples: RuleExamples = {
  good: {
    'others own it': sketch({
      components: { orders: shop, rounding: { owner: 'finance' } },
      operations: { 'orders.place': {}, 'rounding.round': {} },
      calls: { 'orders.place -> rounding.round': {} },
    }),
    'it keeps data': sketch({
      components: { orders: shop, rounding: shop, rules: { kind: 'store' } },
      operations: { 'orders.place': {}, 'rounding.round': {} },
      calls: { 'orders.place -> rounding.round': {}, 'rounding -> rules': {} },
    }),
    'who owns it is not known': sketch({
      components: { orders: {}, rounding: {} },
      operations: { 'orders.place': {}, 'rounding.round': {} },
      calls: { 'orders.place -> rounding.round': {} },
    }),
  },
  bad: {
    'a service that rounds': sketch({
      components: { orders: shop, rounding: shop },
      operations: { 'orders.place': {}, 'rounding.round': {} },
      calls: { 'orders.place -> rounding.round': {} },
    }),
    'two such services': sketch({
      components: { orders: shop, rounding: shop, dates: shop },
      operations,
      calls: { 'orders.place -> rounding.round': {}, 'orders.place -> dates.format': {} },
    }),
  },
}
