import type { Component, Fact, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { nameOf, notEvidenced, together, weighCalls, type Case, type Telling } from '../cases.ts'
import { plainCalls, isLoopback, type PlainCall } from '../trust.ts'
import { inFormat } from '../format.ts'
import { isAtBorder } from '../kinds.ts'

export const if9: Rule = {
  id: 'IF9',
  title: 'Unencrypted to the outside',
  severity: 'medium',
  why:
    'Between networks everybody on the way reads and changes what is not encrypted (CWE-319; RFC 9325; OWASP API Security Top 10 ' +
    '2023, API8; NIST SP 800-52 rev. 2).',
  fix: 'Use TLS, and check the certificate.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const encryptedAtBorder = weighCalls<boolean>({
  of: (_, ends) => isAtBorder(ends),
  fact: ({ encrypted }, { callee }) => encrypted ?? onThisMachine(callee),
  bad: () => false,
})

function check(graph: Graph): RuleResult {
  const crossing = graph.once(plainCalls).filter(({ border }) => border)
  const { unknown } = graph.once(encryptedAtBorder)
  const [worth, others] = [
    crossing.filter(({ dataClass, credential }) => dataClass !== undefined || credential !== undefined),
    crossing.filter(({ dataClass, credential }) => dataClass === undefined && credential === undefined),
  ]
  return {
    weaknesses: [
      ...together(graph, worth.map(caseOf), { ...telling, severity: 'high', identity: ['classified'] }),
      ...together(graph, others.map(caseOf), telling),
    ],
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether what crosses the border in ${names} is encrypted`,
    ),
  }
}

/** What does not leave its machine passes no network. */
function onThisMachine(callee: Component | undefined): Fact<boolean> | undefined {
  const address = callee?.address
  return address !== undefined && isLoopback(address.value)
    ? { value: true, evidence: address.evidence }
    : undefined
}

function caseOf({ call, encrypted, dataClass, credential }: PlainCall): Case {
  const note = [dataClass, credential].filter((part) => part !== undefined).join(', ')
  return { id: nameOf(call), evidence: encrypted.evidence, ...(note === '' ? {} : { note }) }
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'crosses' : 'cross'} the border of the system unencrypted.`,
  fix: (names, { evidence }) =>
    inFormat(evidence, {
      plimsoll: `give the external of ${names} an https: address`,
      kubernetes: `add a certificate (spec.tls) at the ingress of ${names}`,
      other: `use TLS in ${names}`,
    }),
}
