import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = {
  catalog: {},
  pages: { kind: 'cache' as const },
  'catalog-db': { kind: 'store' as const },
}

export const examples: RuleExamples = {
  good: {
    'slower without it': sketch({
      components,
      calls: { 'catalog -> pages': { required: false }, 'catalog -> catalog-db': {} },
    }),
    'not known': sketch({ components, calls: { 'catalog -> pages': {}, 'catalog -> catalog-db': {} } }),
    'sessions are nowhere else': sketch({ components, calls: { 'catalog -> pages': { required: true } } }),
  },
  bad: {
    'needs its cache': sketch({
      components,
      calls: { 'catalog -> pages': { required: true }, 'catalog -> catalog-db': { required: true } },
    }),
    'an operation needs its cache': sketch({
      components,
      operations: { 'catalog.show': {} },
      calls: { 'catalog.show -> pages': { required: true }, 'catalog.show -> catalog-db': {} },
    }),
  },
}
