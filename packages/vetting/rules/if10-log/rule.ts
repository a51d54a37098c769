import { dataArrivals, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { isSensitive } from '../kinds.ts'

export const if10Log: Rule = {
  id: 'IF10-log',
  title: 'Classified data arrives at logs or measurements',
  severity: 'high',
  why:
    'Logs are copied, kept long and read by many: what is classified does not belong there unless it was taken out or masked ' +
    '(CWE-532; OWASP Logging Cheat Sheet; GDPR, article 5(1)(c)).',
  fix: 'Take the classified fields out before logging.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph.once(dataArrivals).flatMap(({ component, dataClass, way, origin }) => {
    const place = graph.component(component)
    const last = way.at(-1)
    if (place?.kind.value !== 'monitoring' || place.receives !== undefined || !isSensitive(graph, dataClass))
      return []
    if (graph.ownerOf(origin)?.traits?.['sanitised-log']?.value === true) return []
    const detail = `${dataClass} from ${origin}`
    return [{ id: component, note: detail, detail, evidence: last?.evidence ?? place.evidence }]
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Classified data is logged or measured: ${names}.`,
      fix: (names) => `take classified fields out of what is sent to ${names}`,
    }),
  }
}
