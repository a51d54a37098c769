import { amplifications, type Amplification, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { nameOf } from '../cases.ts'
import { stepsOf } from '../path.ts'

/** From here on a slow callee is asked so much more that it cannot recover while its callers wait. */
const severe = 6
/** A longer way is told from its end: there the load arrives. */
const mostSteps = 20
const mostFactors = 6
const mostCounted = 1_000_000

export const cf3: Rule = {
  id: 'CF3',
  title: 'Retries multiply along a path',
  severity: 'high',
  why:
    'When several parts of a chain try again, their attempts multiply: three layers with three attempts ask the last one 27 times, just when ' +
    'it is slow already. Load that grows with failure keeps the failure alive (Beyer et al., Site Reliability Engineering, chapter 22: ' +
    'retry at one layer; Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021).',
  fix: 'Let one part of the chain try again, the one nearest to the failure or the one that began; nobody else.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  return { weaknesses: graph.once(amplifications).filter(multiplies).map(weakness) }
}

/** Two calls of the way try again, and the last call is one of them: what comes after it adds nothing. */
function multiplies({ way }: Amplification): boolean {
  const retrying = retries(way)
  return retrying.length > 1 && retrying.at(-1) === way.at(-1)
}

function retries(way: Amplification['way']): Amplification['way'] {
  return way.filter(({ attempts }) => (attempts?.value ?? 1) > 1)
}

function weakness({ entry, target, attempts, way }: Amplification): Weakness {
  const retrying = retries(way)
  const tries = retrying.map((call) => call.attempts?.value ?? 1)
  const factors =
    tries.length <= mostFactors ? `${tries.join(' × ')} attempts` : `attempts at ${tries.length} layers`
  const calls = attempts > mostCounted ? 'more than a million' : String(attempts)
  const [outer] = retrying
  const inner = retrying.at(-1)
  return {
    subject: target,
    message: `One request to ${entry} can become ${calls} calls of ${target} (${factors}).`,
    path: stepsOf(way.slice(-mostSteps), (call) => {
      const tries = call.attempts?.value ?? 1
      return tries > 1 ? `${tries} attempts` : 'is called'
    }),
    evidence: retrying.slice(-mostSteps).map((call) => call.attempts?.evidence ?? call.evidence),
    fix: `take the attempts of ${inner?.from ?? ''} -> ${target} away: ${outer?.from ?? ''} tries again already`,
    ...(attempts < severe ? { severity: 'medium' as const } : {}),
    members: pairsOf(retrying),
  }
}

/** Each layer with the last one: a layer less leaves what was known, two layers that meet anew are new. */
function pairsOf(retrying: Amplification['way']): readonly string[] {
  const inner = retrying.at(-1)
  if (inner === undefined) return []
  return retrying.slice(-mostSteps, -1).map((outer) => `${nameOf(outer)}, then ${nameOf(inner)}`)
}
