import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { notEvidenced, type Case } from '../cases.ts'
import { needs } from '../needs.ts'
import { listed } from '../path.ts'
import { replicasOf, running, secondReplica } from '../replicas.ts'

export const av6: Rule = {
  id: 'AV6',
  title: 'Shared infrastructure that runs once',
  severity: 'medium',
  why:
    'A broker, registry, configuration server, identity provider or secret store is needed by everybody, often only at start: while the only ' +
    'one is away, nothing starts again that fails meanwhile (Beyer et al., Site Reliability Engineering, chapter 3; NIST SP 800-204, section 4.2).',
  fix: 'Run it several times, or let what uses it go on with what it knew last.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const infrastructure = new Set(['broker', 'registry', 'configuration', 'identity-provider', 'secret-store'])
const fewest = 2

export interface Shared {
  readonly id: string
  readonly component: Component
  readonly users: readonly Case[]
}

/** Infrastructure that several components use; what entries wait for is AV1's, which finds it on their way. */
export function sharedInfrastructure(graph: Graph): readonly Shared[] {
  const needed = graph.once(needs)
  return graph
    .once(running)
    .filter(({ id, kind }) => infrastructure.has(kind.value) && !needed.has(id))
    .map((component) => ({ id: component.id, component, users: usersOf(component, graph) }))
    .filter(({ users }) => users.length >= fewest)
}

function check(graph: Graph): RuleResult {
  const shared = graph.once(sharedInfrastructure)
  const unknown = shared.filter(({ component }) => replicasOf(component) === undefined)
  return {
    weaknesses: shared.filter(({ component }) => (replicasOf(component)?.value ?? 2) < 2).map(weakness),
    unknowns: notEvidenced(
      graph,
      unknown.map(({ component }) => component.id),
      (names) => `how many replicas of ${names} run`,
    ),
  }
}

function usersOf({ id }: Component, graph: Graph): readonly Case[] {
  const users = new Map<string, Case>()
  for (const call of graph.callsTo(id)) {
    const caller = graph.ownerOf(call.from)
    if (caller !== undefined && caller.id !== id && !users.has(caller.id))
      users.set(caller.id, { id: caller.id, evidence: call.evidence })
  }
  return [...users.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function weakness({ component, users }: Shared): Weakness {
  const { id, kind, evidence } = component
  const names = listed(users.map((user) => user.id))
  return {
    subject: id,
    message: `The ${kind.value.replaceAll('-', ' ')} ${id} runs once, and ${names} use it: while it is away, none of them starts anew.`,
    path: [
      { id: users[0]?.id ?? id, note: 'uses it', evidence: users[0]?.evidence },
      { id, note: 'runs once', evidence: replicasOf(component)?.evidence },
    ],
    evidence: [
      replicasOf(component)?.evidence ?? evidence,
      ...users.slice(0, 10).map((user) => user.evidence),
    ],
    fix: secondReplica(component),
  }
}
