import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { rankOf } from '../kinds.ts'
import { listed } from '../path.ts'

export const if12: Rule = {
  id: 'IF12',
  title: 'Different trust on one machine',
  severity: 'medium',
  why:
    'What shares a machine shares its kernel, its memory and its faults: the least trusted part there is one exploit away from the ' +
    'most trusted (NIST SP 800-190, section 4.3.4; CWE-653).',
  fix: 'Keep parts of different clearance on machines of their own.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

interface Place {
  readonly component: Component
  readonly clearance: string
}

function check(graph: Graph): RuleResult {
  const clearances = new Map(graph.architecture.zones.map(({ id, clearance }) => [id, clearance?.value]))
  const byHost = new Map<string, Place[]>()
  for (const component of graph.architecture.components) {
    const clearance = clearances.get(component.zone?.value ?? '')
    if (clearance === undefined) continue
    for (const host of component.hosts?.value ?? []) {
      const places = byHost.get(host) ?? []
      places.push({ component, clearance })
      byHost.set(host, places)
    }
  }
  const cases = [...byHost].flatMap(([host, places]) => caseOf(host, places, graph))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Parts that may have different data share a machine: ${names}.`,
      fix: (names) => `keep the parts with the higher clearance off ${names}`,
    }),
  }
}

function caseOf(host: string, places: readonly Place[], graph: Graph): readonly Case[] {
  if (new Set(places.map(({ clearance }) => rankOf(graph, clearance))).size <= 1) return []
  const [first] = places
  const ids = places.map(({ component, clearance }) => `${component.id} (${clearance})`).toSorted()
  const evidence = first?.component.hosts?.evidence ?? {}
  return [
    {
      id: host,
      note: listed(ids, 4),
      detail: places
        .map(({ component }) => component.id)
        .toSorted()
        .join(' '),
      evidence,
    },
  ]
}
