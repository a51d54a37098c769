import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]
const deployed = { evidence: { file: 'shop.yaml', line: 4, field: 'spec' } }

export const examples: RuleExamples = {
  good: {
    'both have a budget': sketch({
      components: {
        shop: { ...deployed, published, replicas: 3, disruptionBudget: { maxUnavailable: '1' } },
        prices: { ...deployed, replicas: 2, disruptionBudget: { minAvailable: '1' } },
      },
      calls: { 'shop -> prices': {} },
    }),
    'the files show no budget at all': sketch({
      components: { shop: { ...deployed, published, replicas: 3 } },
    }),
    'nothing is drained here': sketch({
      components: {
        shop: { published, replicas: 3, disruptionBudget: { maxUnavailable: '1' } },
        prices: { replicas: 2 },
      },
      calls: { 'shop -> prices': {} },
    }),
  },
  bad: {
    'prices was forgotten': sketch({
      components: {
        shop: { ...deployed, published, replicas: 3, disruptionBudget: { maxUnavailable: '1' } },
        prices: { ...deployed, replicas: 2 },
      },
      calls: { 'shop -> prices': {} },
    }),
    'the shop itself was forgotten': sketch({
      components: {
        shop: { ...deployed, published, autoscaling: { minimum: 2, maximum: 5 } },
        prices: { ...deployed, replicas: 2, disruptionBudget: { minAvailable: '50%' } },
      },
      calls: { 'shop -> prices': {} },
    }),
  },
}
