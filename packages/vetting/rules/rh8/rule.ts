import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { inFormat } from '../format.ts'

export const rh8: Rule = {
  id: 'RH8',
  title: 'Secret in an environment variable',
  severity: 'low',
  why:
    'Environment variables are inherited by every child process and end up in crash reports, debug pages and `docker inspect` ' +
    '(CWE-526; CIS Docker Benchmark 4.10; OWASP Secrets Management Cheat Sheet).',
  fix: 'Mount the secret as a file that the program alone reads.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.components.flatMap(casesOf)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) => `${names} ${count === 1 ? 'gets' : 'get'} secrets as environment variables.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `give ${names} the secret under secrets:, and the path of the file in the variable`,
          kubernetes: `mount the Secret as a volume in ${names} instead of env.valueFrom`,
          other: `give ${names} secrets as files`,
        }),
    }),
  }
}

function casesOf({ id, environmentSecrets }: Component): readonly Case[] {
  if (environmentSecrets === undefined) return []
  const { value, evidence } = environmentSecrets
  return value.map((name) => ({ id, note: name, detail: name, evidence }))
}
