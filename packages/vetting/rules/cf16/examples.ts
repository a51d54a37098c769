import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

/** A catalogue with a cache before a store that answers so much. */
function catalog(load: number | undefined, capacity: number | undefined) {
  return sketch({
    components: {
      catalog: { replicas: 2 },
      pages: { kind: 'cache' },
      'catalog-db': { kind: 'store', replicas: 1, capacity },
    },
    operations: { 'catalog.show': { access: 'public', load } },
    calls: {
      'catalog.show -> pages': { perRequest: 1 },
      'catalog.show -> catalog-db': { perRequest: 0.05 },
    },
  })
}

export const examples: RuleExamples = {
  good: {
    'the store has room for all': catalog(100, 500),
    'what the store can do is not known': catalog(1_000, undefined),
    'the load is not known': catalog(undefined, 100),
  },
  bad: { 'a tenth of the room': catalog(1_000, 100), 'a little too little': catalog(200, 150) },
}
