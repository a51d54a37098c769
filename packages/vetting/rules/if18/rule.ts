import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced, type Telling } from '../cases.ts'
import { worstClass } from '../trust.ts'

export const if18: Rule = {
  id: 'IF18',
  title: 'Data at rest in plain',
  severity: 'low',
  why:
    'Who gets a disk, a snapshot or a backup of a store gets what it keeps (CWE-311; NIST SP 800-209, section 4.7; GDPR, article ' +
    '32).',
  fix: 'Encrypt the volume or the store, with a key that does not lie beside it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const stores = graph.architecture.components.filter(({ kind }) => keeping.has(kind.value))
  const { cases } = weigh(stores, {
    fact: ({ traits }) => traits?.['encrypted-at-rest'],
    bad: (encrypted, store) => !encrypted && (worstClass(store.holds?.value ?? [], graph) ?? true),
  })
  const { unknown } = weigh(
    stores.filter(({ holds }) => worstClass(holds?.value ?? [], graph) !== undefined),
    { fact: ({ traits }) => traits?.['encrypted-at-rest'], bad: () => false },
  )
  const [classified, others] = [
    cases.filter(({ note }) => note !== undefined),
    cases.filter(({ note }) => note === undefined),
  ]
  return {
    weaknesses: [
      ...together(graph, classified, { ...telling, severity: 'medium', identity: ['classified'] }),
      ...together(graph, others, telling),
    ],
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'keeps' : 'keep'} classified data encrypted`,
    ),
  }
}

const keeping = new Set(['store', 'secret-store', 'broker', 'cache'])

const telling: Telling = {
  message: (names, count) => `${names} ${count === 1 ? 'keeps' : 'keep'} data in plain on disk.`,
  fix: (names) => `encrypt the volumes of ${names}, with keys that lie elsewhere`,
}
