import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weigh } from '../cases.ts'
import { isForgetful, ownStores } from '../stateful.ts'

export const av5Backup: Rule = {
  id: 'AV5-backup',
  title: 'Store without a backup',
  severity: 'high',
  why:
    'Replicas repeat a deletion or a corruption faithfully; only a copy from before brings data back (Beyer et al., Site Reliability ' +
    'Engineering, chapter 26; NIST SP 800-34, section 3.4.2; CWE-1053).',
  fix: 'Back the store up to another place, and restore it once to know that it works.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** What already loses its data with every replica is AV5-ephemeral's. */
function check(graph: Graph): RuleResult {
  const stores = graph.once(ownStores).filter((store) => !isForgetful(store))
  const { cases, unknown } = weigh(stores, { fact: ({ traits }) => traits?.backup, bad: (backup) => !backup })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `Nothing brings the data of ${names} back once ${count === 1 ? 'it is' : 'they are'} deleted or damaged.`,
      fix: (names) => `back ${names} up to another place, and try the restore`,
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `whether ${names} can be restored from a backup`),
  }
}
