import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { parseImage } from '../image.ts'
import { listed } from '../path.ts'

export const so2Image: Rule = {
  id: 'SO2-image',
  title: 'Several services from one image',
  severity: 'low',
  why:
    'Services that are one build are released, rolled back and broken together, whatever their names say (Newman, Building Microservices, ' +
    'chapter 8; Taibi and Lenarduzzi 2018: shared libraries).',
  fix: 'Build an image for each, or call them one service.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A product of others that runs in several places is no release of ours. */
function check({ architecture }: Graph): RuleResult {
  const services = architecture.components.filter(
    ({ kind, image }) => kind.value === 'service' && image !== undefined && !isProduct(image.value),
  )
  const byImage = Map.groupBy(services, ({ image }) => image?.value ?? '')
  return {
    weaknesses: [...byImage]
      .filter(([, same]) => same.length > 1)
      .map(([image, same]) => weakness(image, same)),
  }
}

/** An official image has no name before its own. */
function isProduct(image: string): boolean {
  const { repository, registry } = parseImage(image)
  return registry === undefined && !repository.includes('/')
}

function weakness(image: string, same: readonly Component[]): Weakness {
  const sorted = same.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const ids = sorted.map(({ id }) => id)
  return {
    subject: ids[0] ?? '',
    message: `${listed(ids, 6)} are one image, ${image}: each release of one is a release of all.`,
    path: sorted
      .slice(0, 6)
      .map(({ id, image: from }) => ({ id, note: 'runs it', evidence: from?.evidence })),
    evidence: sorted.map(({ image: from, evidence }) => from?.evidence ?? evidence),
    fix: `build an image for each of ${listed(ids, 6)}, or treat them as one service`,
    members: ids,
  }
}
