import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a volume of the platform, and settings from the machine': sketch({
      components: {
        'orders-db': {
          kind: 'store',
          volumes: [
            { name: 'data', kind: 'persistent' },
            { name: './my.cnf', kind: 'host' },
          ],
        },
      },
    }),
    'copied elsewhere': sketch({
      components: {
        'orders-db': {
          kind: 'store',
          volumes: [{ name: '/srv/data', kind: 'host' }],
          traits: { backup: true },
        },
      },
    }),
  },
  bad: {
    'a folder of the node': sketch({
      components: { 'orders-db': { kind: 'store', volumes: [{ name: '/srv/data', kind: 'host' }] } },
    }),
    'two stores on one machine': sketch({
      components: {
        'orders-db': { kind: 'store', volumes: [{ name: '/srv/orders', kind: 'host' }] },
        'carts-db': {
          kind: 'store',
          volumes: [
            { name: '/srv/carts', kind: 'host' },
            { name: 'tmp', kind: 'ephemeral' },
          ],
        },
      },
    }),
  },
}
