import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { parseImage, isMoving } from '../image.ts'

export const rh5: Rule = {
  id: 'RH5',
  title: 'Image by tag, not by digest',
  severity: 'low',
  why:
    'A tag can be moved to other bytes at any time; what was vetted is then not what runs (CIS Docker Benchmark 4.11; NIST SP ' +
    '800-190, section 4.1; SLSA 1.0, verifying artifacts).',
  fix: 'Name images by digest; a bot can keep digests current.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(withImages(graph), {
    fact: ({ image }) => image,
    bad: (image) => {
      const { digest, tag } = parseImage(image)
      return digest === undefined && tag !== undefined && !isMoving(tag) && `:${tag}`
    },
  })
  // A new tag is the same habit at the same place.
  const places = cases.map(({ id, note, evidence }) => ({ id, note, evidence }))
  return {
    weaknesses: together(graph, places, {
      message: (names, count) =>
        `${count === 1 ? 'The image' : `Each of ${count} images`} can change under its tag: ${names}.`,
      fix: (names) => `write the digest behind the tag (image:tag@sha256:…) for ${names}`,
    }),
  }
}

function withImages({ architecture: { components } }: Graph): readonly Component[] {
  return components.filter(({ image }) => image !== undefined)
}
