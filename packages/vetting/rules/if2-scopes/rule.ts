import type { Fact, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { worstClass } from '../trust.ts'
import { inFormat } from '../format.ts'

export const if2Scopes: Rule = {
  id: 'IF2-scopes',
  title: 'Whoever has a credential may do it',
  severity: 'medium',
  why:
    'An operation that asks for a credential and for no scope opens itself to every consumer that there is, the one with the least ' +
    'rights included (CWE-862; OWASP API Security Top 10 2023, API5; RFC 6749, section 3.3).',
  fix: 'Name the scope that the operation asks for.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const delicate = graph.architecture.operations.filter(
    ({ access, safe, dataOut, authorised }) =>
      access?.value !== 'public' &&
      (access?.value === 'consumers' || authorised !== undefined) &&
      (safe?.value === false || worstClass(dataOut?.value ?? [], graph) !== undefined),
  )
  const { cases } = weigh(delicate, {
    fact: ({ authorised, scopes }) => authorised ?? scopesFact(scopes),
    bad: (decided) => !decided,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Every consumer may call ${names}: no scope is asked for.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          plimsoll: `write scopes: ['…'] for ${names}, and give the scope to the consumers that need it`,
          other: `name a scope for ${names}`,
        }),
    }),
  }
}

function scopesFact(scopes: Fact<readonly string[]> | undefined): Fact<boolean> | undefined {
  return scopes === undefined ? undefined : { value: scopes.value.length > 0, evidence: scopes.evidence }
}
