import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { parseImage, isMoving } from '../image.ts'

export const sc4Latest: Rule = {
  id: 'SC4-latest',
  title: 'Image that changes by itself',
  severity: 'medium',
  why:
    '`latest`, or no tag at all, is whatever was pushed last: two replicas can run different code, and a rollback brings back ' +
    'nothing (CIS Docker Benchmark 4.11; CWE-1357; Kubernetes documentation, images).',
  fix: 'Name a version, and its digest.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const named = graph.architecture.components.filter(({ image }) => image !== undefined)
  const { cases } = weigh(named, {
    fact: ({ image }) => image,
    bad: (image) => {
      const { tag = '' } = parseImage(image)
      return isMoving(tag) && (image.includes(tag) ? `:${tag}` : 'no tag')
    },
  })
  const undecided = named.filter(({ image }) => image?.value.includes('$'))
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${count === 1 ? 'The image' : `Each of ${count} images`} is whatever was pushed last: ${names}.`,
      fix: (names) => `write a version and its digest (image:1.4@sha256:…) for ${names}`,
    }),
    unknowns: notEvidenced(
      graph,
      undecided.map(({ id }) => id),
      (names) => `which image ${names} run: a variable that is not set decides`,
    ),
  }
}
