import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced, type Case, type Telling } from '../cases.ts'
import { asksNeighbours } from '../trust.ts'
import { inFormat } from '../format.ts'
import { isInner, openPorts, isEmbedded } from '../kinds.ts'

export const if3Store: Rule = {
  id: 'IF3-store',
  title: 'Store, broker or registry that asks nobody',
  severity: 'high',
  why:
    'Whoever gets a foot into the network reads and writes everything in a store without a password; so do mistakes of neighbours ' +
    '(CWE-306; OWASP API Security Top 10 2023, API8; MITRE ATT&CK T1213).',
  fix: 'Switch authentication on, with an account for each caller.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  // Where it is even published, IF1-inner says so.
  const inside = graph.architecture.components.filter(
    (component) => isInner(component) && !isEmbedded(component) && openPorts(component).length === 0,
  )
  const { cases, unknown } = weigh(inside, {
    fact: (component) => asksNeighbours(component, graph),
    bad: (asks) => !asks,
  })
  const isKeeper = ({ id }: Case) => keepers.has(graph.component(id)?.kind.value ?? '')
  return {
    weaknesses: [
      ...together(graph, cases.filter(isKeeper), telling),
      ...together(
        graph,
        cases.filter((found) => !isKeeper(found)),
        {
          ...telling,
          severity: 'medium',
          identity: ['beside data'],
        },
      ),
    ],
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'asks' : 'ask'} for a credential`,
    ),
  }
}

/** Kinds that keep data or secrets themselves. */
const keepers = new Set(['store', 'cache', 'secret-store', 'configuration'])

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'answers' : 'answer'} every part of the network without a credential.`,
  fix: (names, { evidence }) =>
    inFormat(evidence, {
      compose: `set a password for ${names} through secrets:, and take settings that allow none away`,
      kubernetes: `set a password for ${names} from a Secret, and take settings that allow none away`,
      other: `switch authentication on in ${names}, with an account for each caller`,
    }),
}
