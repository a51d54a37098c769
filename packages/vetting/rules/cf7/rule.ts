import { synchronousCycles, type Cycle, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed, stepsOf } from '../path.ts'

export const cf7: Rule = {
  id: 'CF7',
  title: 'Services wait for each other in a circle',
  severity: 'high',
  why:
    'In a circle of synchronous calls each part waits for an answer that waits for its own. All fail together, none can be started or ' +
    'updated first, and under load every one runs out of places (Taibi and Lenarduzzi, On the Definition of Microservice Bad Smells, 2018: ' +
    'cyclic dependency; CWE-833).',
  fix: 'Break the circle: hand the needed data along with the call, answer later (an event), or move the function to one side.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cycles = graph.once(synchronousCycles).filter(({ example }) => example.length > 0)
  const known = ({ example }: Cycle) => example.every(({ synchronous }) => synchronous !== undefined)
  return {
    weaknesses: cycles.filter(known).map(weakness),
    unknowns: cycles
      .filter((cycle) => !known(cycle))
      .map(({ members }) => ({
        subject: members[0] ?? '',
        message: `whether the calls between ${listed(members, 5)}, which form a circle, are waited for`,
      })),
  }
}

function weakness({ members, example }: Cycle): Weakness {
  const last = example.at(-1)
  return {
    subject: members[0] ?? '',
    message: `${listed(members, 5)} ${members.length === 1 ? 'calls itself and waits' : 'wait for each other'}.`,
    path: stepsOf(example),
    evidence: example.map(({ evidence }) => evidence),
    fix: `take one of the calls out of the circle, for example ${last?.from ?? ''} -> ${last?.to ?? ''}`,
    members: pairsOf(members),
  }
}

/** So many are told apart pair by pair; a larger circle is none that somebody takes apart in one step. */
const mostPaired = 40

/** Who waits for whom: a smaller circle is known from the larger one, and two circles that become one are new. */
function pairsOf(members: readonly string[]): readonly string[] {
  const [first = ''] = members
  const near = members.slice(0, mostPaired)
  return [
    ...(members.length === 1 ? [`${first} itself`] : []),
    ...near.flatMap((one, at) => near.slice(at + 1).map((other) => `${one} and ${other}`)),
    ...members.slice(mostPaired).map((other) => `${first} and ${other}`),
  ]
}
