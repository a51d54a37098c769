import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'machines of their own': sketch({
      components: {
        payments: { zone: 'vault', hosts: ['node-1'] },
        page: { zone: 'edge', hosts: ['node-2'] },
      },
      zones: { edge: { clearance: 'public' }, vault: { clearance: 'secret' } },
    }),
    'the same trust': sketch({
      components: { cart: { zone: 'core', hosts: ['node-1'] }, orders: { zone: 'core', hosts: ['node-1'] } },
      zones: { core: { clearance: 'personal' } },
    }),
  },
  bad: {
    'the page beside the vault': sketch({
      components: {
        payments: { zone: 'vault', hosts: ['node-1'] },
        page: { zone: 'edge', hosts: ['node-1'] },
      },
      zones: { edge: { clearance: 'public' }, vault: { clearance: 'secret' } },
    }),
    'on one of two machines': sketch({
      components: {
        payments: { zone: 'vault', hosts: ['node-1', 'node-2'] },
        page: { zone: 'edge', hosts: ['node-2'] },
      },
      zones: { edge: { clearance: 'internal' }, vault: { clearance: 'personal' } },
    }),
  },
}
