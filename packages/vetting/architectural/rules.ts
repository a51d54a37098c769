import type { Graph } from '@plimsoll/architecture'
import { connectionRules } from './connection-rules.ts'
import { entryRules } from './entry-rules.ts'
import { identityRules } from './identity-rules.ts'
import { infrastructureRules } from './infrastructure-rules.ts'
import { observabilityRules } from './observability-rules.ts'
import type { ArchitecturalRule, ArchitecturalVerdict } from './rule.ts'

/**
 * The 25 architectural security rules of microSecEnD (Schneider et al., MSR 2023), asked of any architecture: facts of the model alone,
 * whatever format they were read from.
 */
export const architecturalRules: readonly ArchitecturalRule[] = [
  ...entryRules,
  ...connectionRules,
  ...identityRules,
  ...observabilityRules,
  ...infrastructureRules,
].toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** Asks every architectural rule; in the order of their numbers. */
export function checkArchitecturalRules(graph: Graph): readonly ArchitecturalVerdict[] {
  return architecturalRules.map((rule) => ({ rule: rule.id, text: rule.text, ...rule.check(graph) }))
}
