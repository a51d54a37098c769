import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { isOutside } from '../kinds.ts'

export const op6: Rule = {
  id: 'OP6',
  title: 'Nobody owns it',
  severity: 'low',
  why:
    'What has no owner is not updated, not watched and not switched off; in an incident nobody can decide (Beyer et al., Site ' +
    'Reliability Engineering, chapter 14; ISO/IEC 27001:2022, A.5.9).',
  fix: 'Name a team.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const ownable = graph.architecture.components.filter((component) => !isOutside(component))
  const ownerless = ownable.filter(({ owner }) => owner === undefined || owner.value === '')
  // Where nobody is named anywhere, owners may stand in another place; where others are named, these were forgotten.
  if (ownerless.length === ownable.length)
    return {
      weaknesses: [],
      unknowns: notEvidenced(
        graph,
        ownerless.map(({ id }) => id),
        (names) => `who owns ${names}`,
      ),
    }
  return {
    weaknesses: together(
      graph,
      ownerless.map(({ id, evidence }) => ({ id, evidence })),
      {
        message: (names, count) =>
          `${names} ${count === 1 ? 'has' : 'have'} no owner, though other components do.`,
        fix: (names, { evidence }) =>
          inFormat(evidence, {
            plimsoll: `write owner: '…' for ${names}`,
            kubernetes: `write the label for the owner that other objects have, for ${names}`,
            other: `name the owner of ${names}`,
          }),
      },
    ),
  }
}
