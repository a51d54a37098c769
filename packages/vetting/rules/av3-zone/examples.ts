import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]
const calls = { 'shop -> prices': {} }

export const examples: RuleExamples = {
  good: {
    'two zones': sketch({
      components: { shop: { published, replicas: 2, hosts: ['east/north', 'west/south'] } },
    }),
    'zones are not known': sketch({
      components: { shop: { published, replicas: 2, hosts: ['north', 'south'] } },
    }),
    'one host is another matter': sketch({
      components: { shop: { published, replicas: 2, hosts: ['east/north'] } },
    }),
  },
  bad: {
    'different hosts in one zone': sketch({
      components: { shop: { published, replicas: 2, hosts: ['east/north', 'east/south'] } },
    }),
    'two services in one zone': sketch({
      components: {
        shop: { published, replicas: 2, hosts: ['east/north', 'east/south'] },
        prices: { replicas: 2, hosts: ['east/hill', 'east/dale'] },
      },
      calls,
    }),
  },
}
