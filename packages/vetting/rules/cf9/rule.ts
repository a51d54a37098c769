import { sharedStores, type Graph, type SharedStore } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed } from '../path.ts'
import { saidOnce } from '../said.ts'

export const cf9: Rule = {
  id: 'CF9',
  title: 'Store shared by several services',
  severity: 'medium',
  why:
    'Services that share a store fail, slow down and change together: one service’s long query blocks the others, and nobody can change ' +
    'the schema alone (Newman, Building Microservices, chapter 4; Taibi and Lenarduzzi 2018: shared persistency).',
  fix: 'Give each service a store of its own; what others need goes through an operation of the owner.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  return { weaknesses: graph.once(sharedStores).map(said) }
}

const said = saidOnce(weakness)

/** Another user makes it a new finding; that there is one less does not. */
function weakness({ store, users }: SharedStore): Weakness {
  const names = users.map(({ component }) => component).toSorted()
  return {
    subject: store.id,
    message: `${store.id} is the store of ${listed(names, 5)}.`,
    path: [
      { id: store.id },
      ...users.map(({ component, call }) => ({
        id: component,
        note: 'keeps data in it',
        evidence: call.evidence,
      })),
    ],
    evidence: users.map(({ call }) => call.evidence),
    fix: `let one of ${listed(names, 5)} own ${store.id}, and give the others an operation of it`,
    members: names.map((name) => `${store.id} of ${name}`),
  }
}
