import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { parseImage } from '../image.ts'

export const ct11Versions: Rule = {
  id: 'CT11-versions',
  title: 'One image in several versions',
  severity: 'low',
  why:
    'What should be the same runs differently in two places: a correction reaches one of them, and messages between them have two ' +
    'meanings (Newman, Building Microservices, chapter 7).',
  fix: 'Run one version, except while a rollout goes on.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const versions = graph.architecture.components.flatMap(({ id, image }) => {
    const { registry = '', repository, tag = '' } = parseImage(image?.value ?? '')
    return image === undefined || !/^v?\d+(?:\.\d+)*$/.test(tag)
      ? []
      : [{ id, name: `${registry}/${repository}`, tag, evidence: image.evidence }]
  })
  const cases = [...Map.groupBy(versions, ({ name }) => name).values()]
    .filter((places) => new Set(places.map(({ tag }) => tag)).size > 1)
    .flatMap((places) => places.map(({ id, tag, evidence }) => ({ id, note: tag, evidence })))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `The same image runs in several versions: ${names}.`,
      fix: (names) => `run one version in ${names}`,
    }),
  }
}
