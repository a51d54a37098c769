import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const server = (technology: string) => ({ kind: 'configuration' as const, technology })

export const examples: RuleExamples = {
  good: {
    'one place': sketch({
      components: { shop: {}, stock: {}, settings: server('consul') },
      calls: { 'shop -> settings': {}, 'stock -> settings': {} },
    }),
    'two servers of one kind': sketch({
      components: { shop: {}, stock: {}, 'settings-1': server('consul'), 'settings-2': server('consul') },
      calls: { 'shop -> settings-1': {}, 'stock -> settings-2': {} },
    }),
  },
  bad: {
    'two kinds': sketch({
      components: { shop: {}, stock: {}, settings: server('consul'), config: server('spring-cloud-config') },
      calls: { 'shop -> settings': {}, 'stock -> config': {} },
    }),
    'one service asks both': sketch({
      components: { shop: {}, settings: server('etcd'), config: server('spring-cloud-config') },
      calls: { 'shop -> settings': {}, 'shop -> config': {} },
    }),
  },
}
