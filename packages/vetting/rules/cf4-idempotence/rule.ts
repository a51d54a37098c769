import { unsafeRetries, type Call, type Graph, type UnsafeRetry } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { nameOf, notEvidenced } from '../cases.ts'

export const cf4Idempotence: Rule = {
  id: 'CF4-idempotence',
  title: 'Retry of what is not idempotent',
  severity: 'high',
  why:
    'A call that timed out may have been done all the same: trying it again charges, orders or sends twice (RFC 9110, section 9.2.2; Helland, ' +
    'Idempotence Is Not a Medical Condition, 2012; CWE-841).',
  fix: 'Try it once, or make a repetition harmless: the caller gives each request an id that the callee remembers.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const unknown = graph.architecture.calls.filter((call) => isOpen(call, graph)).map(nameOf)
  return {
    weaknesses: graph.once(unsafeRetries).map(weakness),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether what is tried again may be done twice: ${names}`,
    ),
  }
}

/** Tried again, and nobody says whether that is harmless. */
function isOpen({ to, attempts }: Call, graph: Graph): boolean {
  if ((attempts?.value ?? 1) <= 1) return false
  const operation = graph.operation(to)
  if (operation === undefined) return graph.component(to)?.kind.value === 'service'
  return operation.idempotent === undefined && operation.safe?.value !== true
}

function weakness({ call, operation, attempts }: UnsafeRetry): Weakness {
  const evidence = call.attempts?.evidence ?? call.evidence
  return {
    subject: `${call.from} -> ${call.to}`,
    message: `${call.from} tries ${call.to} ${attempts} times, which does it ${attempts} times when answers get lost.`,
    path: [{ id: call.from }, { id: call.to, note: `${attempts} attempts, not idempotent`, evidence }],
    evidence: [evidence, operation.idempotent?.evidence ?? operation.evidence],
    fix: `take the attempts of ${call.from} -> ${call.to} away, or let ${operation.id} remember the id of each request`,
  }
}
