import { dependentChecks, type DependentCheck, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed } from '../path.ts'

export const cf11Liveness: Rule = {
  id: 'CF11-liveness',
  title: 'Liveness check that asks others',
  severity: 'high',
  why:
    'A liveness check that fails because something else is down makes the platform kill healthy replicas, all of them at once, and the fault ' +
    'becomes larger with every restart (Kubernetes documentation, configure liveness probes: caution; Burns, Designing Distributed Systems).',
  fix: 'Let liveness ask the process alone; what it depends on belongs in readiness, if anywhere.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  return {
    weaknesses: graph
      .once(dependentChecks)
      .filter(({ kind }) => kind === 'liveness')
      .map(weakness),
  }
}

function weakness({
  component: { id, liveness, evidence },
  check: { question },
  asks,
  together,
}: DependentCheck): Weakness {
  const others = together.filter((other) => other !== id)
  const also = others.length === 0 ? '' : `, and ${listed(others)} with it`
  return {
    subject: id,
    message: `The liveness check of ${id} (${question}) asks ${listed(asks)}: when that is away, ${id} is killed again and again${also}.`,
    path: [
      { id, note: question, evidence: liveness?.evidence },
      ...asks.map((to) => ({ id: to, note: 'is asked' })),
    ],
    evidence: [liveness?.evidence ?? evidence],
    fix: `let the liveness check of ${id} answer without ${listed(asks)}`,
    members: asks.map((asked) => `${id} asks ${asked}`),
  }
}
