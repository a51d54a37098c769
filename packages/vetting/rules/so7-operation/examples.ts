import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { orders: {}, stock: {} }
const services = { access: 'services' } as const

export const examples: RuleExamples = {
  good: {
    'each is called': sketch({
      components,
      operations: { 'orders.place': { access: 'consumers' }, 'stock.reserve': services },
      calls: { 'orders.place -> stock.reserve': {} },
    }),
    'which operation is called is not known': sketch({
      components,
      operations: {
        'orders.place': { access: 'consumers' },
        'stock.reserve': services,
        'stock.find': services,
      },
      calls: { 'orders.place -> stock': {}, 'orders.place -> stock.reserve': {} },
    }),
    'calls are not known at all': sketch({ components, operations: { 'stock.reserve': services } }),
  },
  bad: {
    'nobody asks for the report': sketch({
      components,
      operations: {
        'orders.place': { access: 'consumers' },
        'stock.reserve': services,
        'stock.report': services,
      },
      calls: { 'orders.place -> stock.reserve': {} },
    }),
    'two that nobody calls': sketch({
      components: { ...components, mail: {} },
      operations: {
        'orders.place': { access: 'consumers' },
        'stock.reserve': services,
        'stock.report': services,
        'mail.send': services,
      },
      calls: { 'orders.place -> stock.reserve': {} },
    }),
  },
}
