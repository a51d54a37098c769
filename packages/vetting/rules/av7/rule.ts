import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { needs } from '../needs.ts'
import { listed } from '../path.ts'
import { replicasOf, running, secondReplica } from '../replicas.ts'

export const av7: Rule = {
  id: 'AV7',
  title: 'Gateway without redundancy',
  severity: 'high',
  why:
    'Everything from outside passes the gateway, so that its failure is the failure of everything behind it, however often that runs (NIST ' +
    'SP 800-204, section 4.5; Richardson, Microservices Patterns, chapter 8).',
  fix: 'Run the gateway twice, behind an address that both share.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Gateways with something behind them, which are on the way of no known entry. On one they are AV1's. */
export function gatewaysAside(graph: Graph): readonly Component[] {
  const needed = graph.once(needs)
  return graph
    .once(running)
    .filter(({ id, kind }) => kind.value === 'gateway' && !needed.has(id) && graph.callsFrom(id).length > 0)
}

function check(graph: Graph): RuleResult {
  const single = graph.once(gatewaysAside).filter((gateway) => (replicasOf(gateway)?.value ?? 2) < 2)
  return { weaknesses: single.map((gateway) => weakness(gateway, graph)) }
}

function weakness(gateway: Component, graph: Graph): Weakness {
  const { id } = gateway
  const behind = graph.callsFrom(id)
  const names = [...new Set(behind.map(({ to }) => graph.ownerOf(to)?.id ?? to))].toSorted()
  return {
    subject: id,
    message: `${id} runs once, and ${listed(names)} ${names.length === 1 ? 'is' : 'are'} reached through it.`,
    path: [
      { id, note: 'runs once', evidence: replicasOf(gateway)?.evidence },
      ...behind.slice(0, 3).map(({ to, evidence }) => ({ id: to, note: 'is behind it', evidence })),
    ],
    evidence: [evidenceOf(gateway)],
    fix: secondReplica(gateway),
  }
}

function evidenceOf(gateway: Component) {
  return replicasOf(gateway)?.evidence ?? gateway.evidence
}
