import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weighCalls } from '../cases.ts'

export const cf14: Rule = {
  id: 'CF14',
  title: 'Address of a host in the caller',
  severity: 'medium',
  why:
    'A fixed address keeps pointing at what has failed or moved: there is no second replica to go to, and every move is a change of all ' +
    'callers (Taibi and Lenarduzzi 2018: hard-coded endpoints; NIST SP 800-204, section 4.2).',
  fix: 'Call by a name that the platform resolves to what is alive.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** The address of somebody else's system is theirs to keep. */
const weighed = weighCalls<boolean>({
  of: ({ hardCoded }, { callee }) => hardCoded !== undefined && callee?.kind.value !== 'external',
  fact: ({ hardCoded }) => hardCoded,
  bad: (hard) => hard,
})

function check(graph: Graph): RuleResult {
  const { cases } = graph.once(weighed)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${count === 1 ? 'A call goes' : `${count} calls go`} to a fixed address, whatever is alive: ${names}.`,
      fix: (names) => `use the platform’s service name in ${names}`,
    }),
  }
}
