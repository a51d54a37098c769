import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'one of three may go': sketch({
      components: { shop: { replicas: 3, disruptionBudget: { maxUnavailable: '1' } } },
    }),
    'one has to stay': sketch({
      components: { shop: { replicas: 3, disruptionBudget: { minAvailable: '34%' } } },
    }),
  },
  bad: {
    'all may be away': sketch({
      components: { shop: { replicas: 2, disruptionBudget: { maxUnavailable: '100%' } } },
    }),
    'none has to stay': sketch({
      components: { shop: { replicas: 2, disruptionBudget: { minAvailable: '0' } } },
    }),
  },
}
