import type { Component, Graph, NeededBy } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { sharedInfrastructure } from '../av6/rule.ts'
import { gatewaysAside } from '../av7/rule.ts'
import { notEvidenced, together, type Case } from '../cases.ts'
import { needs, stepsOfNeed } from '../needs.ts'
import { listed } from '../path.ts'
import { isNothingTwice, replicasOf, running, secondReplica, singles } from '../replicas.ts'

export const av1: Rule = {
  id: 'AV1',
  title: 'Single point of failure',
  severity: 'high',
  why:
    'An entry operation answers only while everything that it needs answers. A part of which there is one takes the entry down whenever it ' +
    'fails, restarts or is updated (NIST SP 800-160 vol. 2, redundancy; Beyer et al., Site Reliability Engineering, chapter 3).',
  fix: 'Run a second replica, or let the callers answer without it (an optional use with a fallback).',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A component of which one runs, and the entries that need it, as far as they are known. */
interface Single {
  readonly component: Component
  readonly need: NeededBy | undefined
  readonly evidence: Case['evidence']
  /** Somebody wrote down that it runs once. */
  readonly declared: boolean
}

function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const found = graph.once(singles).map((component): Single => {
    const evidence = replicasOf(component)?.evidence ?? component.evidence
    return { component, need: needed.get(component.id), evidence, declared: evidence.how !== 'inferred' }
  })
  const unknown = graph
    .once(running)
    .filter((component) => needed.has(component.id) && replicasOf(component) === undefined)
    .map(({ id }) => id)
  const told = new Set(
    [...graph.once(sharedInfrastructure), ...graph.once(gatewaysAside)].map(({ id }) => id),
  )
  return {
    weaknesses: graph.once(isNothingTwice)
      ? nothingTwice(
          found.filter(({ component }) => !told.has(component.id)),
          graph,
        )
      : exceptions(found, graph),
    unknowns: notEvidenced(graph, unknown, (names) => `how many replicas of ${names} run`),
  }
}

/** What is declared to run once is a finding each; where replicas were never a question, that is one for all. */
function exceptions(found: readonly Single[], graph: Graph): readonly Weakness[] {
  const onTheWay = found.filter(({ need }) => need !== undefined)
  return [
    ...onTheWay.filter(({ declared }) => declared).map((single) => exception(single, graph)),
    ...leftAlone(
      onTheWay.filter(({ declared }) => !declared),
      graph,
    ),
  ]
}

/** Said of a need, which a revision that does not concern it keeps with its ways. */
const said = new WeakMap<NeededBy, { readonly component: Component; readonly weakness: Weakness }>()

function exception(single: Single, graph: Graph): Weakness {
  const { component, need } = single
  const known = need === undefined ? undefined : said.get(need)
  if (known?.component === component) return known.weakness
  const weakness = exceptionAnew(single, graph)
  if (need !== undefined) said.set(need, { component, weakness })
  return weakness
}

function exceptionAnew(single: Single, graph: Graph): Weakness {
  const { component, need, evidence } = single
  const { id, autoscaling } = component
  const once =
    autoscaling === undefined
      ? 'runs once'
      : `is scaled down to ${autoscaling.value.minimum === 0 ? 'nothing' : 'one replica'} when it is quiet`
  return {
    subject: id,
    message: `${id} ${once}${consequence(single)}.`,
    path: stepsOfNeed(id, need),
    evidence: [evidence],
    fix: fixOf(single, graph),
    members: [id],
  }
}

function nothingTwice(found: readonly Single[], graph: Graph): readonly Weakness[] {
  const [worst] = found.toSorted(byNeed)
  if (worst === undefined) return []
  const needed = found.filter(({ need }) => need !== undefined)
  const most = needed.length === 0 ? '' : ` Most needed: ${mostNeeded(needed)}.`
  return together(graph, casesOf(found), {
    message: (_, count) => `Nothing runs twice: each of ${count} components takes down what needs it.${most}`,
    path: stepsOfNeed(worst.component.id, worst.need),
    fix: () => `begin with ${worst.component.id}: ${fixOf(worst, graph)}`,
  })
}

function leftAlone(found: readonly Single[], graph: Graph): readonly Weakness[] {
  const [worst] = found.toSorted(byNeed)
  if (worst === undefined) return []
  return together(graph, casesOf(found), {
    message: (names, count) =>
      count === 1
        ? `${names} runs once, as nothing says otherwise${consequence(worst)}.`
        : `${names} run once, as nothing says otherwise, and entries need them. Most needed: ${mostNeeded(found)}.`,
    path: stepsOfNeed(worst.component.id, worst.need),
    fix: () => `${found.length === 1 ? '' : `begin with ${worst.component.id}: `}${fixOf(worst, graph)}`,
  })
}

/** What happens without it: `; without it a and b do not answer`. */
function consequence({ component: { id }, need }: Single): string {
  if (need === undefined) return ''
  const others = need.entries.filter((entry) => entry !== id)
  if (others.length === 0) return ', and people come in through it'
  return `; without it ${listed(others)} ${others.length === 1 ? 'does' : 'do'} not answer`
}

function casesOf(found: readonly Single[]): readonly Case[] {
  return found.map(({ component, evidence }) => ({ id: component.id, evidence }))
}

function mostNeeded(found: readonly Single[]): string {
  return found
    .toSorted(byNeed)
    .slice(0, 4)
    .map(
      ({ component, need }) =>
        `${component.id} (${need?.count === 1 ? '1 entry' : `${need?.count ?? 0} entries`})`,
    )
    .join(', ')
}

/** What most entries need; of these, what is an entry itself. */
function byNeed(a: Single, b: Single): number {
  const entered = ({ component, need }: Single) => (need?.entries.includes(component.id) === true ? 1 : 0)
  return (
    (b.need?.count ?? 0) - (a.need?.count ?? 0) ||
    entered(b) - entered(a) ||
    (a.component.id < b.component.id ? -1 : 1)
  )
}

function fixOf({ component, need }: Single, graph: Graph): string {
  const more = secondReplica(component)
  const call = need?.wayFrom(need.entries[0] ?? '').at(-1)
  const caller = call === undefined ? undefined : graph.operation(call.from)
  return caller === undefined || call === undefined
    ? more
    : `${more}, or let ${caller.id} answer without it: use(${call.to}, { optional: true })`
}
