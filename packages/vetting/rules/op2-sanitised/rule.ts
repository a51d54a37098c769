import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, type Case, type Telling } from '../cases.ts'
import { worstClass } from '../trust.ts'
import { workloads } from '../kinds.ts'

export const op2Sanitised: Rule = {
  id: 'OP2-sanitised',
  title: 'Logs whatever comes',
  severity: 'low',
  why:
    'Passwords, tokens and personal data that are logged are copied to places that nobody protects; line breaks in them forge ' +
    'entries (CWE-532; CWE-117; OWASP Logging Cheat Sheet).',
  fix: 'Mask what is classified, and encode what comes from outside, before it is logged.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const loggers = workloads(graph).filter(
    ({ traits }) => traits?.['local-log']?.value === true || traits?.['central-log']?.value === true,
  )
  const { cases } = weigh(loggers, {
    fact: ({ traits }) => traits?.['sanitised-log'],
    bad: (masked) => !masked,
  })
  const isDelicate = ({ id }: Case) =>
    graph
      .operationsOf(id)
      .some(
        ({ dataIn, dataOut }) =>
          worstClass([...(dataIn?.value ?? []), ...(dataOut?.value ?? [])], graph) !== undefined,
      )
  return {
    weaknesses: [
      ...together(graph, cases.filter(isDelicate), {
        ...telling,
        severity: 'medium',
        identity: ['classified'],
      }),
      ...together(
        graph,
        cases.filter((found) => !isDelicate(found)),
        telling,
      ),
    ],
  }
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'logs' : 'log'} what comes without masking or encoding it.`,
  fix: (names) => `mask secrets and personal data in the logs of ${names}, and encode line breaks`,
}
