import type { ConfigurationObject, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case, type Telling } from '../cases.ts'
import { listed } from '../path.ts'

export const rh7: Rule = {
  id: 'RH7',
  title: 'May do anything on the platform',
  severity: 'high',
  why:
    'A role with a wildcard grows with every new kind of resource; who takes over its holder has the namespace, or the cluster (CIS ' +
    'Kubernetes Benchmark 5.1.3; CWE-269; MITRE ATT&CK T1098.006).',
  fix: 'Name the verbs and the resources.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = (graph.architecture.objects ?? []).flatMap((object) => casesOf(object))
  const isEverything = ({ note }: Case) => note?.startsWith('anything') === true
  return {
    weaknesses: [
      ...together(graph, cases.filter(isEverything), {
        ...telling,
        severity: 'critical',
        identity: ['everything'],
      }),
      ...together(
        graph,
        cases.filter((found) => !isEverything(found)),
        telling,
      ),
    ],
  }
}

/** One case for each holder, by what is unlimited. */
function casesOf({ id, grants, evidence }: ConfigurationObject): readonly Case[] {
  return (grants?.value ?? []).flatMap(({ holder, verbs, resources }) => {
    const [anyVerb, anyResource] = [
      verbs.includes('*'),
      resources.some((resource) => resource === '*' || resource === '*/*'),
    ]
    if (!anyVerb && !anyResource) return []
    const right =
      anyVerb && anyResource
        ? 'anything'
        : anyVerb
          ? `everything with ${listed(resources)}`
          : `${listed(verbs)} everything`
    const note = `${right}, by ${id}`
    return [{ id: holder, note, detail: note, evidence: grants?.evidence ?? evidence }]
  })
}

const telling: Telling = {
  message: (names) => `On the platform, these may do more than anybody listed: ${names}.`,
  fix: (names) => `name the verbs and resources that ${names} needs, in the role`,
}
