import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { parseImage } from '../image.ts'

export const sc5: Rule = {
  id: 'SC5',
  title: 'Whatever is pushed goes live',
  severity: 'high',
  why:
    'An updater that runs whatever appears under a tag is a way to production that nobody looks at: who can push to the registry, or to one ' +
    'account at it, runs code here, and with it a mistake is live everywhere at once (SLSA v1.0, threats E to G; CWE-494; OWASP ' +
    'Top 10 for CI/CD, CICD-SEC-1).',
  fix: 'Deploy digests through a reviewed change; let the updater report only.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Programs that replace running containers when an image changes. */
const updaters = /^(?:watchtower|ouroboros|shepherd|docker-auto-update|keel|wud)$/

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.components.filter(isUpdater).map(({ id, image, evidence }) => ({
    id,
    evidence: image?.evidence ?? evidence,
  }))
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'runs' : 'run'} whatever is pushed under a tag, without anybody’s review.`,
      fix: (names) =>
        `take ${names} away, or let ${names} only report, and deploy digests through a reviewed change`,
    }),
  }
}

/** One whose name says that it only watches is believed. */
function isUpdater({ id, image }: Component): boolean {
  if (image === undefined || /monitor|notif|report/i.test(id)) return false
  return updaters.test(parseImage(image.value).repository.split('/').at(-1) ?? '')
}
