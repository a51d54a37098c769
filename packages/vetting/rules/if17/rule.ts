import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { inFormat } from '../format.ts'

export const if17: Rule = {
  id: 'IF17',
  title: 'Secret in plain text',
  severity: 'high',
  why:
    'A secret in a file is known to everybody who can read the repository, its history and its backups (CWE-798, CWE-312; OWASP ' +
    'Secrets Management Cheat Sheet).',
  fix: 'Take the value out of the file (a secret of the platform, a file that is not in the repository), and change the secret.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.components.flatMap(casesOf)
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Secrets stand in plain text: ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `take the values of ${names} into secrets: with file: outside of the repository, and change them`,
          kubernetes: `take the values of ${names} into a Secret (env.valueFrom.secretKeyRef) that is not in the repository, and change them`,
          other: `give ${names} the values through secrets of the platform, and change them`,
        }),
    }),
  }
}

/** Names of variables only: a value never leaves its file. */
function casesOf({ id, plainSecrets }: Component): readonly Case[] {
  if (plainSecrets === undefined) return []
  const { value, evidence } = plainSecrets
  return value.map((name) => ({ id, note: name, detail: name, evidence }))
}
