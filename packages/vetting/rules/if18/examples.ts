import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    encrypted: sketch({
      components: { 'users-data': { kind: 'store', traits: { 'encrypted-at-rest': true } } },
    }),
    'not known': sketch({ components: { 'users-data': { kind: 'store', holds: ['personal'] } } }),
  },
  bad: {
    'about people': sketch({
      components: {
        'users-data': { kind: 'store', holds: ['personal'], traits: { 'encrypted-at-rest': false } },
      },
    }),
    'of which the content is not known': sketch({
      components: { 'users-data': { kind: 'store', traits: { 'encrypted-at-rest': false } } },
    }),
  },
}
