import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'in the list': sketch({
      components: { orders: {} },
      operations: { 'orders.show': { dataOut: ['personal'] } },
    }),
    'a list of its own': sketch({
      components: { orders: {} },
      operations: { 'orders.show': { dataOut: ['card'] } },
      dataClasses: ['public', 'card'],
    }),
  },
  bad: {
    'a class of its own': sketch({
      components: { orders: {} },
      operations: { 'orders.show': { dataOut: ['card'] } },
    }),
    'a zone for nothing known': sketch({ zones: { vault: { clearance: 'top-secret' } } }),
  },
}
