import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, type Telling } from '../cases.ts'
import { entrances } from '../kinds.ts'

export const if21Debug: Rule = {
  id: 'IF21-debug',
  title: 'Shows its inside to callers',
  severity: 'medium',
  why:
    'Stack traces, debug pages and management endpoints tell an attacker versions, variables and memory, and some of them run code ' +
    '(CWE-489; CWE-209; OWASP API Security Top 10 2023, API8).',
  fix: 'Switch it off in production, or move it to a port that is not published.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const doors = new Set(entrances(graph).map(({ id }) => id))
  const { cases } = weigh(graph.architecture.components, {
    fact: ({ traits }) => traits?.debug,
    bad: (shown) => shown,
  })
  return {
    weaknesses: [
      ...together(
        graph,
        cases.filter(({ id }) => doors.has(id)),
        telling,
      ),
      ...together(
        graph,
        cases.filter(({ id }) => !doors.has(id)),
        { ...telling, severity: 'low', identity: ['inside'] },
      ),
    ],
  }
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'shows' : 'show'} details of errors or debug pages to callers.`,
  fix: (names) => `switch debugging off in ${names}, or move it to a port that is not published`,
}
