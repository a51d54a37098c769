import { every, single } from './answer.ts'
import { askedOfKind, askedOfTrait } from './parts.ts'
import type { ArchitecturalRule } from './rule.ts'

/** R23 to R25: the registry, and where secrets are. */
export const infrastructureRules: readonly ArchitecturalRule[] = [
  {
    id: 'R23',
    text: 'There should be a single type of service registry.',
    check: (graph) =>
      single(askedOfKind(graph, 'registry'), { noun: 'service registry', verb: 'is a service registry' }),
  },
  {
    id: 'R24',
    text: 'All service registries should have validation checks for incoming requests.',
    catalogue: 'IF16',
    check: (graph) =>
      every(
        askedOfTrait(
          graph.architecture.components.filter(({ kind }) => kind.value === 'registry'),
          'validates-registration',
        ),
        { noun: 'service registry', verb: 'checks who registers' },
        graph.architecture.components.length > 0,
      ),
  },
  {
    id: 'R25',
    text: 'There should be a single type of central secret store.',
    catalogue: 'IF17',
    check: (graph) =>
      single(askedOfKind(graph, 'secret-store'), { noun: 'secret store', verb: 'is the secret store' }),
  },
]
