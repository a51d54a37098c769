import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { isForgetful, opensTheDoor } from '../trust.ts'
import { inFormat } from '../format.ts'

export const if1Write: Rule = {
  id: 'IF1-write',
  title: 'Anybody can change something',
  severity: 'medium',
  why:
    'An operation that changes something and asks nobody who they are is filled, emptied or repeated by whoever finds it (CWE-306; ' +
    'OWASP API Security Top 10 2023, API2 and API6).',
  fix: 'Ask for a credential; or make it a safe method, if it changes nothing.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const open = graph.architecture.operations.filter(
    (operation) =>
      operation.access?.value === 'public' && !opensTheDoor(operation) && !isForgetful(operation, graph),
  )
  const { cases, unknown } = weigh(open, { fact: ({ safe }) => safe, bad: (safe) => !safe })
  return {
    weaknesses: together(graph, cases, {
      message: (names) =>
        `Anybody can call ${names}, which can change something, without saying who they are.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          plimsoll: `give ${names} access: 'consumers' with a scope; or http: 'GET …', if it changes nothing`,
          other: `ask for a credential at ${names}; or make it a GET, if it changes nothing`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether ${names}, which anybody may call, changes something`,
    ),
  }
}
