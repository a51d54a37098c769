import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { loaded, perSecond, type Loaded } from '../loads.ts'
import { needs, stepsOfNeed } from '../needs.ts'

export const cf15Load: Rule = {
  id: 'CF15-load',
  title: 'Asked for more than it can answer',
  severity: 'high',
  why:
    'Where more comes in than goes out, the queue and with it the waiting time grow without a bound: it is down although nothing has failed ' +
    '(Little, A Proof for the Queuing Formula, 1961; Beyer et al., Site Reliability Engineering, chapter 21).',
  fix: 'Run more replicas, ask less often, or turn the surplus away at the entry.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  return {
    weaknesses: graph
      .once(loaded)
      .filter(({ usual, capacity, replicas }) => usual > capacity.value * replicas)
      .map((each) => weakness(each, graph)),
  }
}

function weakness({ component: { id }, usual, capacity, replicas }: Loaded, graph: Graph): Weakness {
  const most = capacity.value * replicas
  const enough = capacity.value > 0 ? Math.ceil(usual / capacity.value) : undefined
  return {
    subject: id,
    message: `The entries ask ${id} for ${perSecond(usual)}, and its ${replicas === 1 ? 'one replica answers' : `${replicas} replicas answer`} ${Math.round(most)}.`,
    path: [
      ...stepsOfNeed(id, needs(graph).get(id)),
      { id, note: `${Math.round(usual)} of ${Math.round(most)} a second`, evidence: capacity.evidence },
    ],
    evidence: [capacity.evidence],
    fix:
      enough === undefined
        ? `let the entries ask ${id} less often`
        : `run ${enough} replicas of ${id}, or turn away at the entry what is above ${perSecond(most)}`,
  }
}
