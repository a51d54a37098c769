import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

/** A page that asks so many services. */
function page(count: number, kind: 'service' | 'store' | 'gateway' = 'service') {
  const names = Array.from({ length: count }, (_, at) => `part-${String(at + 1).padStart(2, '0')}`)
  return sketch({
    components: {
      page: kind === 'gateway' ? { kind } : {},
      ...Object.fromEntries(names.map((name) => [name, kind === 'store' ? { kind } : {}])),
    },
    calls: Object.fromEntries(
      names.map((name) => [`page -> ${name}`, { required: true, synchronous: true }]),
    ),
  })
}

export const examples: RuleExamples = {
  good: {
    'six parts': page(6),
    'a gateway before many': page(20, 'gateway'),
    'many stores': page(20, 'store'),
  },
  bad: { 'thirteen parts': page(13), 'thirty parts': page(30) },
}
