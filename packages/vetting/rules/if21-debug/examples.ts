import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'switched off': sketch({
      components: { orders: { published: [{ port: '80' }], traits: { debug: false } } },
    }),
    'not known': sketch({ components: { orders: { published: [{ port: '80' }] } } }),
  },
  bad: {
    'at the entry': sketch({
      components: { orders: { published: [{ port: '80' }], traits: { debug: true } } },
    }),
    inside: sketch({ components: { orders: { traits: { debug: true } } } }),
  },
}
