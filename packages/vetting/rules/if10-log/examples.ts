import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'nothing classified': sketch({
      components: { orders: {}, logs: { kind: 'monitoring' } },
      calls: { 'orders -> logs': { sends: ['internal'] } },
    }),
    'masked before': sketch({
      components: { orders: { traits: { 'sanitised-log': true } }, logs: { kind: 'monitoring' } },
      calls: { 'orders -> logs': { sends: ['personal'] } },
    }),
  },
  bad: {
    'people in the log': sketch({
      components: { orders: {}, logs: { kind: 'monitoring' } },
      calls: { 'orders -> logs': { sends: ['personal'] } },
    }),
    'secrets in traces': sketch({
      components: { users: {}, traces: { kind: 'monitoring' } },
      calls: { 'users -> traces': { sends: ['secret', 'internal'] } },
    }),
  },
}
