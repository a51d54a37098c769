import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'nothing replaces images': sketch({ components: { shop: { image: 'registry.example/shop:1.4' } } }),
    'one that reports': sketch({
      components: { 'update-notifier': { image: 'containrrr/watchtower:1.7.1' } },
    }),
    'a service of such a name': sketch({
      components: { watchtower: { image: 'registry.example/lookout:2' } },
    }),
  },
  bad: {
    'an updater': sketch({ components: { watchtower: { image: 'containrrr/watchtower:1.7.1' } } }),
    'under another name': sketch({ components: { auto: { image: 'ghcr.io/acme/shepherd' }, shop: {} } }),
  },
}
