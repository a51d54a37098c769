import { ofEachCall, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weigh, weighCalls } from '../cases.ts'
import { asksNeighbours, isNobody } from '../trust.ts'
import { isInner, isInternal } from '../kinds.ts'

export const if3: Rule = {
  id: 'IF3',
  title: 'Call inside without authentication',
  severity: 'medium',
  why:
    'A service that answers whoever reaches it trusts every part of the network: one part taken over is all of them (CWE-306; NIST ' +
    'SP 800-207, section 2.1; NIST SP 800-204A, section 4.2).',
  fix: 'Authenticate both ends, with mutual TLS or with tokens for the callee.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Calls inside, by what they say of their caller. */
const weighed = weighCalls({
  of: (_, ends) => isInternal(ends) && (ends.callee === undefined || !isInner(ends.callee)),
  fact: ({ authentication }) => authentication,
  bad: isNobody,
})

function check(graph: Graph): RuleResult {
  // That a store asks nobody is one cause, and IF3-store's.
  const toInner = graph.once(callsToInner).filter(({ to }) => !isOpenInside(to, graph))
  const inner = weigh(toInner, { fact: ({ authentication }) => authentication, bad: isNobody })
  const others = graph.once(weighed)
  const cases = [...inner.cases, ...others.cases]
  const unknown = [...inner.unknown, ...others.unknown]
  const calls = { length: toInner.length + others.asked }
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        count === 1
          ? `${names} goes through without saying who calls.`
          : `${count} of ${calls.length} calls inside go through without saying who calls: ${names}.`,
      fix: (names) =>
        `let the callee of ${names} ask for the identity of its caller (mutual TLS, or a token for the callee)`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) =>
        `how callers prove who they are in ${count} of ${calls.length} calls inside: ${names}`,
    ),
  }
}

const callsToInner = ofEachCall((call, ends) =>
  isInternal(ends) && ends.callee !== undefined && isInner(ends.callee) ? call : undefined,
)

function isOpenInside(id: string, graph: Graph): boolean {
  const component = graph.ownerOf(id)
  return component !== undefined && isInner(component) && asksNeighbours(component, graph)?.value === false
}
