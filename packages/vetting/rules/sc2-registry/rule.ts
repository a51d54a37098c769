import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { parseImage } from '../image.ts'

export const sc2Registry: Rule = {
  id: 'SC2-registry',
  title: 'Image from a place without a name',
  severity: 'medium',
  why:
    'A registry at a bare address or on the machine itself cannot prove who it is, and gives another machine other bytes under the ' +
    'same name (NIST SP 800-190, section 4.2; CWE-494; SLSA 1.0, distributing provenance).',
  fix: 'Use a registry with a name and a certificate.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const named = graph.architecture.components.filter(({ image }) => image !== undefined)
  const { cases } = weigh(named, {
    fact: ({ image }) => image,
    bad: (image) => {
      const { registry, digest } = parseImage(image)
      return digest === undefined && registry !== undefined && nameless.test(registry) && registry
    },
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'comes' : 'come'} from a registry that cannot prove who it is.`,
      fix: (names) => `take the image of ${names} from a registry with a name and a certificate, by digest`,
    }),
  }
}

const nameless = /^(?:localhost|127\.|\d{1,3}(?:\.\d{1,3}){3}|\[)/
