import { ofEachCall, ofEachComponent, type Component, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together } from '../cases.ts'
import { running } from '../replicas.ts'

export const so7Component: Rule = {
  id: 'SO7-component',
  title: 'Component that nothing is connected to',
  severity: 'low',
  why:
    'What nobody uses still has to be updated, pays for its machine and can be broken into; and where it is used after all, what is judged here ' +
    'is not what runs (OWASP API Security Top 10 2023, API9; CWE-1059, incomplete documentation).',
  fix: 'Take it away, or write down who uses it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Where most parts are connected, one that is not stands out; otherwise the files do not tell who calls whom. */
const connectedShare = 0.7
const fewest = 4
const aside = new Set(['monitoring', 'scheduler'])

function check(graph: Graph): RuleResult {
  const parts = graph.once(running).filter(({ kind }) => !aside.has(kind.value))
  const carriers = new Set(graph.once(carrying))
  const linked = new Set(graph.once(linkedComponents))
  const alone = parts.filter(({ id }) => !linked.has(id) && !carriers.has(id))
  const cases = alone.map(({ id, evidence }) => ({ id, evidence }))
  const standsOut = parts.length >= fewest && alone.length <= parts.length * (1 - connectedShare)
  return {
    weaknesses: together(graph, standsOut ? cases : [], {
      message: (names, count) =>
        `Nothing in these files calls ${names}, and ${count === 1 ? 'it calls' : 'they call'} nothing.`,
      fix: (names) => `take ${names} away, or declare who uses it`,
    }),
    unknowns: notEvidenced(
      graph,
      standsOut ? [] : alone.map(({ id }) => id),
      (names) => `who calls ${names}, and whom they call: what depends on that is not judged`,
    ),
  }
}

const carrying = ofEachCall(({ through }) => through?.value)

/** Components that call somebody, are called, or are entered from outside. */
const linkedComponents = ofEachComponent((component, near) => {
  const { id } = component
  const parts = [id, ...near.operationsOf(id).map((operation) => operation.id)]
  const isLinked = parts.some((part) => near.callsFrom(part).length > 0 || near.callsTo(part).length > 0)
  return isLinked || isEntered(component) ? id : undefined
})

function isEntered({ published }: Component): boolean {
  return (published?.value.length ?? 0) > 0
}
