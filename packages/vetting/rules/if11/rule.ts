import type { Call, Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, nameOf, type Case, type Telling } from '../cases.ts'

export const if11: Rule = {
  id: 'IF11',
  title: 'Store reached around its owner',
  severity: 'medium',
  why:
    'What its owner checks before it reads or writes is skipped by everybody who opens the store themselves (CWE-653; Newman, ' +
    'Building Microservices, chapter 4; NIST SP 800-204, section 2.3).',
  fix: 'Go through an operation of the owner.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.components
    .filter(({ kind }) => kind.value === 'store')
    .flatMap((store) => graph.callsTo(store.id).flatMap((call) => caseOf(call, store, graph)))
  const isFromOutside = ({ note }: Case) => note === 'from outside'
  return {
    weaknesses: [
      ...together(graph, cases.filter(isFromOutside), {
        ...telling,
        severity: 'high',
        identity: ['outside'],
      }),
      ...together(
        graph,
        cases.filter((found) => !isFromOutside(found)),
        telling,
      ),
    ],
  }
}

/** Several services at one store are CF9's; here it is somebody who is certainly not the owner. */
function caseOf(call: Call, store: Component, graph: Graph): readonly Case[] {
  const caller = graph.ownerOf(call.from)
  const note = caller === undefined ? undefined : strangeness(caller, store)
  return note === undefined ? [] : [{ id: nameOf(call), note, evidence: call.evidence }]
}

function strangeness(caller: Component, store: Component): string | undefined {
  if (caller.kind.value === 'client' || caller.kind.value === 'external') return 'from outside'
  if (caller.kind.value === 'gateway') return 'from a gateway'
  const [mine, theirs] = [store.owner?.value, caller.owner?.value]
  return mine !== undefined && theirs !== undefined && mine !== theirs
    ? `${theirs} is not ${mine}`
    : undefined
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'opens' : 'open'} the store around the service that owns it.`,
  fix: (names) => `replace ${names} by a call of an operation of the store’s owner`,
}
