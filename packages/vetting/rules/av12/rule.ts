import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { loaded, perSecond, type Loaded } from '../loads.ts'
import { needs, stepsOfNeed } from '../needs.ts'

export const av12: Rule = {
  id: 'AV12',
  title: 'Not enough capacity with one replica or host gone',
  severity: 'medium',
  why:
    'Replicas help only where those that are left can carry the load; otherwise the failure of one overloads the next, and they fall in a ' +
    'row (Beyer et al., Site Reliability Engineering, chapter 22: cascading failures; AWS Well-Architected, REL10, static stability).',
  fix: 'Run one replica more than the load needs, on a further host.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** What is too little already is CF15-load's; of one replica nothing is left, which is AV1's. */
function check(graph: Graph): RuleResult {
  return {
    weaknesses: graph
      .once(loaded)
      .filter((each) => each.replicas > 1 && each.usual <= each.capacity.value * each.replicas)
      .flatMap((each) => weaknesses(each, graph)),
  }
}

function weaknesses(each: Loaded, graph: Graph): readonly Weakness[] {
  const { component, usual, capacity, replicas } = each
  const { id, hosts } = component
  const gone = largestShare(each)
  const left = capacity.value * (replicas - gone)
  if (usual <= left || gone >= replicas) return []
  const enough = Math.ceil(usual / capacity.value)
  const lost = gone === 1 ? 'one replica' : `the host with ${gone} replicas`
  return [
    {
      subject: id,
      message: `${id} is asked for ${perSecond(usual)}; without ${lost} it can answer ${Math.round(left)}.`,
      path: [
        ...stepsOfNeed(id, needs(graph).get(id)),
        { id, note: `${Math.round(usual)} of ${Math.round(left)} a second`, evidence: capacity.evidence },
      ],
      evidence: [capacity.evidence, ...(hosts === undefined ? [] : [hosts.evidence])],
      fix:
        gone === 1
          ? `run ${enough + 1} replicas of ${id}`
          : `run ${enough + gone} replicas of ${id}, on more hosts`,
    },
  ]
}

/** Replicas that go with one host, where hosts are known; otherwise one. Replicas lie on the hosts in turn. */
function largestShare({ component: { hosts }, replicas }: Loaded): number {
  const places = new Set(hosts?.value).size
  return places === 0 ? 1 : Math.ceil(replicas / places)
}
