import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]
const later = { 'shop -> mails': { synchronous: false } }

export const examples: RuleExamples = {
  good: {
    'never below two': sketch({
      components: { shop: { published, replicas: 2 }, mails: { autoscaling: { minimum: 2, maximum: 9 } } },
      calls: later,
    }),
    'what an entry needs is a single point of failure': sketch({
      components: { shop: { published, autoscaling: { minimum: 1, maximum: 9 } } },
    }),
  },
  bad: {
    'down to one at night': sketch({
      components: { shop: { published, replicas: 2 }, mails: { autoscaling: { minimum: 1, maximum: 9 } } },
      calls: later,
    }),
    'down to none': sketch({
      components: {
        shop: { published, replicas: 2 },
        mails: { replicas: 3, autoscaling: { minimum: 0, maximum: 3 } },
      },
      calls: later,
    }),
  },
}
