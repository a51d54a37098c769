import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { nameOf, notEvidenced, together, weighCalls } from '../cases.ts'
import { plainCalls } from '../trust.ts'
import { inFormat } from '../format.ts'
import { isInternal } from '../kinds.ts'

export const if9Internal: Rule = {
  id: 'IF9-internal',
  title: 'Unencrypted inside',
  severity: 'low',
  why:
    'A network inside is one machine taken over away from being outside; what is encrypted does not depend on it (CWE-319; NIST SP ' +
    '800-207, section 2.1, tenet 2; NIST SP 800-204A, section 4.2).',
  fix: 'Use mutual TLS between services; a mesh or the platform can do it for all.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const encryptedInside = weighCalls<boolean>({
  of: (_, ends) => isInternal(ends),
  fact: ({ encrypted }) => encrypted,
  bad: () => false,
})

function check(graph: Graph): RuleResult {
  const inside = graph
    .once(plainCalls)
    .filter(
      ({ border, dataClass, credential }) => !border && dataClass === undefined && credential === undefined,
    )
  const { unknown, asked } = graph.once(encryptedInside)
  return {
    weaknesses: together(
      graph,
      inside.map(({ call, encrypted }) => ({ id: nameOf(call), evidence: encrypted.evidence })),
      {
        message: (names, count) =>
          count === 1
            ? `${names} is not encrypted.`
            : `${count} of ${asked} calls inside are not encrypted: ${names}.`,
        fix: (names, { evidence }) =>
          inFormat(evidence, {
            kubernetes: `switch mutual TLS of the mesh on for ${names} (PeerAuthentication, mode STRICT)`,
            other: `use TLS in ${names}`,
          }),
      },
    ),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${count} of ${asked} calls inside are encrypted: ${names}`,
    ),
  }
}
