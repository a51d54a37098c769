import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const parts = ['cart', 'catalog', 'mail', 'orders', 'prices', 'reviews', 'search', 'stock', 'users']

/** So many of nine services call the core, and it calls the rest. */
function around(callers: number, callees: number) {
  return sketch({
    components: { core: {}, ...Object.fromEntries(parts.map((part) => [part, {}])) },
    calls: Object.fromEntries([
      ...parts.slice(0, callers).map((part) => [`${part} -> core`, {}]),
      ...parts.slice(parts.length - callees).map((part) => [`core -> ${part}`, {}]),
    ]),
  })
}

export const examples: RuleExamples = {
  good: { 'all ask it, it asks two': around(7, 2), 'it asks all, one asks it': around(1, 8) },
  bad: { 'between four and five': around(4, 5), 'between all': around(9, 9) },
}
