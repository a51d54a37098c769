import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'

export const op5: Rule = {
  id: 'OP5',
  title: 'Privileged acts leave no record',
  severity: 'medium',
  why:
    'What administrators and identity providers do decides about everything else; without a record that they cannot change, misuse ' +
    'and mistakes look the same (CWE-778; NIST SP 800-53 rev. 5, AU-2 and AU-9; ISO/IEC 27001:2022, A.8.15).',
  fix: 'Record who did what, when and why, in a place that they cannot write.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const privileged = graph.architecture.components.filter(
    ({ kind, traits }) =>
      traits?.administration?.value === true ||
      kind.value === 'identity-provider' ||
      kind.value === 'secret-store',
  )
  const { cases, unknown } = weigh(privileged, {
    fact: ({ traits }) => traits?.['audit-log'],
    bad: (kept) => !kept,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'keeps' : 'keep'} no record of what privileged people do.`,
      fix: (names) =>
        `switch the audit log of ${names} on, and send it where its administrators cannot write`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'records' : 'record'} privileged acts`,
    ),
  }
}
