import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'the data has a volume': sketch({
      components: {
        'orders-db': {
          kind: 'store',
          volumes: [
            { name: 'data', kind: 'persistent' },
            { name: 'tmp', kind: 'ephemeral' },
          ],
        },
      },
    }),
    'a cache may forget': sketch({ components: { sessions: { kind: 'cache', volumes: [] } } }),
    'nobody says where the data is': sketch({ components: { 'orders-db': { kind: 'store' } } }),
  },
  bad: {
    'an empty folder for each replica': sketch({
      components: { 'orders-db': { kind: 'store', volumes: [{ name: 'data', kind: 'ephemeral' }] } },
    }),
    'no volume at all, twice': sketch({
      components: { 'orders-db': { kind: 'store', volumes: [] }, 'carts-db': { kind: 'store', volumes: [] } },
    }),
  },
}
