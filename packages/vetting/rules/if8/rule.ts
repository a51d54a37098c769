import { gainedReach, type Graph, type Reach } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed, stepsOf } from '../path.ts'

export const if8: Rule = {
  id: 'IF8',
  title: 'A caller gains through others what it may not do itself',
  severity: 'high',
  why:
    'A service that calls with its own rights on behalf of somebody without them is a confused deputy: it lends its rights to ' +
    'whoever may call it (CWE-441; Hardy, The Confused Deputy, 1988; OWASP API Security Top 10 2023, API5).',
  fix: 'Ask for the same scope at the entry, or do not call the operation in that chain.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const byLastCall = Map.groupBy(
    graph.once(gainedReach),
    ({ way, operation }) => `${way.at(-1)?.from ?? ''} -> ${operation.id}`,
  )
  return { weaknesses: [...byLastCall.values()].map(weakness) }
}

/** One new call can serve many callers: that is one finding, about the call; one more caller makes it a new one. */
function weakness(gains: readonly Reach[]): Weakness {
  const shortest = gains.reduce((best, gain) => (isShorter(gain, best) ? gain : best))
  const { operation, way, missingScopes } = shortest
  const clients = [...new Set(gains.map(({ client }) => client.id))].toSorted()
  const deputy = way.at(-1)?.from ?? ''
  return {
    subject: operation.id,
    message: `${listed(clients)} ${clients.length === 1 ? 'reaches' : 'reach'} ${operation.id} through ${deputy}, without the scope ${missingScopes.join(', ')} that it asks for.`,
    path: stepsOf(way, (call) =>
      call.to === operation.id ? `asks for ${missingScopes.join(', ')}` : 'is called',
    ),
    evidence: [way.at(-1)?.evidence ?? operation.evidence, operation.scopes?.evidence ?? operation.evidence],
    fix: `do not call ${operation.id} from ${deputy}, or ask for ${missingScopes.join(', ')} at ${way[0]?.to ?? ''}`,
    identity: [deputy],
    members: clients.map((client) => `${client} through ${deputy} to ${operation.id}`),
  }
}

function isShorter(gain: Reach, best: Reach): boolean {
  const [length, shortest] = [gain.way.length, best.way.length]
  return length === shortest ? gain.client.id < best.client.id : length < shortest
}
