import type { Component, Evidence, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed } from '../path.ts'

export const cf9Cache: Rule = {
  id: 'CF9-cache',
  title: 'Cache shared by several services',
  severity: 'low',
  why:
    'Services with one cache push each other’s entries out: a new habit of one is a sudden load on the stores of all (Newman, Building ' +
    'Microservices, chapter 12; Taibi and Lenarduzzi 2018: shared persistency).',
  fix: 'Give each service a cache, or a part of it with a size of its own.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const caches = graph.architecture.components.filter(({ kind }) => kind.value === 'cache')
  return { weaknesses: caches.flatMap((cache) => weaknesses(cache, graph)) }
}

function weaknesses({ id }: Component, graph: Graph): readonly Weakness[] {
  const users = new Map<string, Evidence>()
  for (const { from, evidence } of graph.callsTo(id)) {
    const caller = graph.ownerOf(from)
    if (caller?.kind.value === 'service' && !users.has(caller.id)) users.set(caller.id, evidence)
  }
  if (users.size < 2) return []
  const names = [...users.keys()].toSorted()
  return [
    {
      subject: id,
      message: `${id} is the cache of ${listed(names, 5)}: each can push the entries of the others out.`,
      path: [
        { id },
        ...names.slice(0, 6).map((name) => ({ id: name, note: 'uses it', evidence: users.get(name) })),
      ],
      evidence: [...users.values()],
      fix: `give ${listed(names, 5)} a part of ${id} each, with a size of its own`,
      members: names.map((name) => `${id} of ${name}`),
    },
  ]
}
