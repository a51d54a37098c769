import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]

export const examples: RuleExamples = {
  good: {
    'two hosts': sketch({ components: { shop: { published, replicas: 2, hosts: ['north', 'south'] } } }),
    'hosts are not known': sketch({ components: { shop: { published, replicas: 2 } } }),
  },
  bad: {
    'both replicas on one host': sketch({
      components: { shop: { published, replicas: 2, hosts: ['north'] } },
    }),
    'a service behind has all on one host': sketch({
      components: {
        shop: { published, replicas: 2, hosts: ['north', 'south'] },
        prices: { replicas: 3, hosts: ['north', 'north', 'north'] },
      },
      calls: { 'shop -> prices': {} },
    }),
  },
}
