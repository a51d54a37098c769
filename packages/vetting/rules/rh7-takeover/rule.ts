import type { ConfigurationObject, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'

export const rh7Takeover: Rule = {
  id: 'RH7-takeover',
  title: 'May become somebody else on the platform',
  severity: 'high',
  why:
    'The rights to run commands in a pod, to impersonate, to bind or to escalate roles are the rights of everybody who can be ' +
    'reached with them (CIS Kubernetes Benchmark 5.1.8; Kubernetes RBAC good practices; MITRE ATT&CK T1609).',
  fix: 'Take the right away; people get it for minutes, through a procedure.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const verbs = new Set(['impersonate', 'escalate', 'bind'])
const openings = new Set([
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/ephemeralcontainers',
  'nodes/proxy',
  'serviceaccounts/token',
])

function check(graph: Graph): RuleResult {
  const cases = (graph.architecture.objects ?? []).flatMap((object) => casesOf(object))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `These can act as others on the platform: ${names}.`,
      fix: (names) => `take the right of ${names} out of the role, or name what is needed`,
    }),
  }
}

/** A wildcard is told by RH7, with everything that follows from it. */
function casesOf({ id, grants, evidence }: ConfigurationObject): readonly Case[] {
  return (grants?.value ?? []).flatMap((grant) => {
    const taken = [
      ...grant.verbs.filter((verb) => verbs.has(verb)),
      ...grant.resources.filter((resource) => openings.has(resource)),
    ]
    return taken.map((right) => {
      const note = `${right}, by ${id}`
      return { id: grant.holder, note, detail: note, evidence: grants?.evidence ?? evidence }
    })
  })
}
