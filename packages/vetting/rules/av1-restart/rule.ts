import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weigh } from '../cases.ts'
import { inFormat } from '../format.ts'
import { needs } from '../needs.ts'
import { running, runsTwice } from '../replicas.ts'

export const av1Restart: Rule = {
  id: 'AV1-restart',
  title: 'Nobody starts it again when it ends',
  severity: 'medium',
  why:
    'Processes end: out of memory, an unhandled error, a reboot. What is started again is away for seconds; what is not is away until a ' +
    'person comes (Candea and Fox, Crash-Only Software, HotOS 2003; CIS Docker Benchmark 5.14).',
  fix: 'Let the platform start it again when it ends.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const alone = graph
    .once(running)
    .filter(
      (component) => needed.has(component.id) && !runsTwice(component) && component.restarts !== undefined,
    )
  const { cases } = weigh(alone, { fact: ({ restarts }) => restarts, bad: (restarts) => !restarts })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `When ${names} ${count === 1 ? 'ends, it stays' : 'end, they stay'} away until a person comes.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `add restart: unless-stopped to ${names}`,
          kubernetes: `set restartPolicy: Always for ${names}, through a Deployment instead of a bare Pod`,
          other: `let the platform start ${names} again`,
        }),
    }),
  }
}
