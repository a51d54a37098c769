import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'one of two may go': sketch({
      components: { shop: { replicas: 2, disruptionBudget: { minAvailable: '1' } } },
    }),
    'half of four may go': sketch({
      components: { shop: { replicas: 4, disruptionBudget: { maxUnavailable: '50%' } } },
    }),
    'nobody knows how many there are': sketch({
      components: { shop: { disruptionBudget: { minAvailable: '1' } } },
    }),
  },
  bad: {
    'the only replica has to stay': sketch({
      components: { shop: { replicas: 1, disruptionBudget: { minAvailable: '1' } } },
    }),
    'none may be away': sketch({
      components: { shop: { replicas: 3, disruptionBudget: { maxUnavailable: '0' } } },
    }),
    'all have to stay': sketch({
      components: { shop: { replicas: 3, disruptionBudget: { minAvailable: '100%' } } },
    }),
  },
}
