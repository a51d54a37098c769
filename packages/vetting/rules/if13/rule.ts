import type { Component, Evidence, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced, type Case } from '../cases.ts'
import { inFormat } from '../format.ts'
import { isInner, workloads } from '../kinds.ts'
import { listed } from '../path.ts'

export const if13: Rule = {
  id: 'IF13',
  title: 'No walls inside',
  severity: 'medium',
  why:
    'Where everything may open a connection to everything, one part taken over reaches all others, stores first (NIST SP 800-207, ' +
    'section 3.1.2; CIS Kubernetes Benchmark 5.3.2; NIST SP 800-190, section 4.3.3).',
  fix: 'Let each part be reached by its callers alone; begin with stores.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const inside = graph.once(workloads)
  const { cases, unknown } = weigh(inside, {
    fact: ({ ingressLimited }) => ingressLimited,
    bad: (limited) => !limited,
  })
  return {
    weaknesses: together(graph, cases, {
      subject: graph.architecture.name,
      message: (names, count) =>
        count === inside.length && count > 1
          ? `Each of ${count} components may open a connection to every other one.`
          : `Everything inside may open a connection to ${names}.`,
      path: [],
      fix: (names, { evidence }) => fixOf(worthMost(cases, graph) ?? names, evidence),
    }),
    // Where nothing is known of how it runs, RH1-root says so.
    unknowns: notEvidenced(
      graph,
      unknown.filter((id) => graph.component(id)?.hardening !== undefined),
      (names, count) =>
        `who may open a connection to ${names}, and where ${count === 1 ? 'it' : 'they'} may connect to`,
    ),
  }
}

/** Where walls are worth most: around what keeps data. */
function worthMost(cases: readonly Case[], graph: Graph): string | undefined {
  const ids = cases.map(({ id }) => id).filter((id) => isKeeper(graph.component(id)))
  return ids.length === 0 ? undefined : listed(ids.toSorted(), 4)
}

function isKeeper(component: Component | undefined): boolean {
  return component !== undefined && isInner(component)
}

function fixOf(names: string, evidence: Evidence): string {
  return inFormat(evidence, {
    compose: `begin with ${names}: a network of its own for each, with its callers alone`,
    kubernetes: `begin with ${names}: a NetworkPolicy that lets in its callers alone`,
    other: `begin with ${names}: let it be reached by its callers alone`,
  })
}
