import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { isForgetful, ownStores } from '../stateful.ts'
import { replicasOf, runsTwice } from '../replicas.ts'

export const av5Failover: Rule = {
  id: 'AV5-failover',
  title: 'Replicas of a store that do not take over',
  severity: 'high',
  why:
    'Several replicas of a store are redundant only where they hold the same data and one takes over by itself. Otherwise callers get ' +
    'another answer from each, or none until a person comes (Kleppmann, Designing Data-Intensive Applications, chapter 5; CWE-1188).',
  fix: 'Let the store replicate its data and elect a leader, or run one replica and say so.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph
    .once(ownStores)
    .filter(runsTwice)
    .map(caseOf)
    .filter((each) => each !== undefined)
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `More than one replica, but none takes over for another: ${names}.`,
      fix: (names) => `set replication with automatic failover up for ${names}, or run one replica`,
    }),
  }
}

function caseOf(store: Component): Case | undefined {
  const { id, traits, volumes, evidence } = store
  const failover = traits?.failover
  if (failover?.value === true) return undefined
  if (failover?.value === false) return { id, note: 'no failover', evidence: failover.evidence }
  return isForgetful(store)
    ? {
        id,
        note: 'each has data of its own',
        evidence: volumes?.evidence ?? replicasOf(store)?.evidence ?? evidence,
      }
    : undefined
}
