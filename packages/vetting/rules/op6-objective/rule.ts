import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'

export const op6Objective: Rule = {
  id: 'OP6-objective',
  title: 'Promises nothing',
  severity: 'low',
  why:
    'Without an objective nobody can say whether a part is good enough, nor which one to make better (Beyer et al., Site ' +
    'Reliability Engineering, chapter 4).',
  fix: 'Write down which share of calls is answered in time.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const entries = graph.architecture.operations.filter(
    ({ access }) => access?.value === 'consumers' || access?.value === 'public',
  )
  const silent = entries.filter(({ objective }) => objective === undefined)
  // Where no operation has an objective, the team has not begun with them.
  if (silent.length === entries.length)
    return {
      weaknesses: [],
      unknowns: notEvidenced(
        graph,
        silent.map(({ id }) => id),
        (names) => `which share of the calls of ${names} has to be answered`,
      ),
    }
  return {
    weaknesses: together(
      graph,
      silent.map(({ id, evidence }) => ({ id, evidence })),
      {
        message: (names, count) =>
          `${names} ${count === 1 ? 'promises' : 'promise'} no availability, though other entries do.`,
        fix: (names, { evidence }) =>
          inFormat(evidence, {
            plimsoll: `write objective: 0.999 for ${names}`,
            other: `write down the objective of ${names}`,
          }),
      },
    ),
  }
}
