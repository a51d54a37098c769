import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'

export const so4: Rule = {
  id: 'SO4',
  title: 'Configuration in several places',
  severity: 'low',
  why:
    'Where settings come from several servers, nobody knows which one holds the value that counts, and a change reaches half of the services ' +
    '(Taibi and Lenarduzzi 2018: manual configuration; Wiggins, The Twelve-Factor App, config).',
  fix: 'Keep settings in one place, in different parts of it where access has to differ.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Replicas of one server under several names are one place: same image, or same technology. */
function check(graph: Graph): RuleResult {
  const places = graph.architecture.components.filter(
    ({ id, kind }) => kind.value === 'configuration' && graph.callsTo(id).length > 0,
  )
  const kinds = new Set(places.map(({ technology, image, id }) => technology?.value ?? image?.value ?? id))
  if (kinds.size < 2) return { weaknesses: [] }
  const cases = places.map(({ id, evidence }) => ({ id, evidence }))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Settings come from different places: ${names}.`,
      fix: (names, { id }) => `keep what ${names} hold in one of them, such as ${id}`,
    }),
  }
}
