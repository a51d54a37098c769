import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { parseImage } from '../image.ts'

export const so3: Rule = {
  id: 'SO3',
  title: 'No version that could be named',
  severity: 'low',
  why:
    'A tag that names a branch or a stage says when something was built at best: nobody can tell which release runs, ask for the one before, or ' +
    'say which one a caller needs (Taibi and Lenarduzzi 2018: no API versioning; Semantic Versioning 2.0.0).',
  fix: 'Give each release a version, and run it by that.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Names of branches and stages; `latest` is SC4-latest's. */
const moving =
  /^(?:main|master|trunk|develop|dev|head|edge|nightly|canary|staging|stage|test|prod|production|stable|snapshot|.*-snapshot)$/i

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.components.flatMap(({ id, image }) => {
    if (image === undefined) return []
    const { tag, digest } = parseImage(image.value)
    return tag !== undefined && digest === undefined && moving.test(tag)
      ? [{ id, note: tag, evidence: image.evidence }]
      : []
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Nobody can say which release runs: ${names}.`,
      fix: (names) => `run ${names} by a version, or by a digest`,
    }),
  }
}
