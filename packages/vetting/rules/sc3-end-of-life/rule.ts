import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { parseImage } from '../image.ts'

export const sc3EndOfLife: Rule = {
  id: 'SC3-end-of-life',
  title: 'Software that gets no corrections any more',
  severity: 'medium',
  why:
    'After the end of support known weaknesses stay open for good, and everybody can read how to use them (CWE-1104; OWASP Top 10 ' +
    '2021, A06; NIST SP 800-40 rev. 4).',
  fix: 'Move to a version that is supported.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/**
 * Official images: the last version whose support has ended, and when it did, with what its makers announced. Compared in May 2026 with
 * endoflife.date, which cites the announcements; for Debian and Ubuntu the free long-term support counts, for RabbitMQ the community's.
 */
const ended: Readonly<Record<string, readonly [version: string, when: string]>> = {
  alpine: ['3.20', '2026-04'],
  cassandra: ['3.11', '2024-09'],
  centos: ['8', '2021-12'],
  debian: ['10', '2024-06'],
  elasticsearch: ['7.17', '2026-01'],
  kibana: ['7.17', '2026-01'],
  logstash: ['7.17', '2026-01'],
  mariadb: ['10.5', '2025-06'],
  mongo: ['6.3', '2025-07'],
  mysql: ['8.0', '2026-04'],
  node: ['21', '2026-04'],
  php: ['8.1', '2025-12'],
  postgres: ['13', '2025-11'],
  python: ['3.9', '2025-10'],
  rabbitmq: ['3.12', '2024-06'],
  redis: ['6.0', '2022-05'],
  ruby: ['3.2', '2026-03'],
  traefik: ['1.7', '2021-12'],
  ubuntu: ['20.04', '2025-05'],
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(
    graph.architecture.components.filter(({ image }) => image !== undefined),
    { fact: ({ image }) => image, bad: endOf },
  )
  // A newer version that has ended, too, is the same case.
  const places = cases.map(({ id, note, evidence }) => ({ id, note, evidence }))
  return {
    weaknesses: together(graph, places, {
      message: (names, count) =>
        `${count === 1 ? 'One component runs' : `${count} components run`} what gets no corrections any more: ${names}.`,
      fix: (names) => `move ${names} to a version that is supported`,
    }),
  }
}

function endOf(image: string): string | false {
  const { registry, repository, tag } = parseImage(image)
  if (registry !== undefined && registry !== 'docker.io') return false
  const name = repository.replace(/^library\//, '')
  const [last, when] = Object.hasOwn(ended, name) ? (ended[name] ?? []) : []
  const version = /^v?(\d+(?:\.\d+)*)/.exec(tag ?? '')?.[1]
  if (last === undefined || when === undefined || version === undefined) return false
  return isUpTo(version, last) && `${name} ${version}, ended ${when} at the latest`
}

/** True where every part that both name is equal, or the first that differs is smaller. */
function isUpTo(version: string, last: string): boolean {
  const [mine, theirs] = [version.split('.').map(Number), last.split('.').map(Number)]
  for (const [at, limit] of theirs.entries()) {
    const part = mine[at]
    if (part === undefined) return false
    if (part !== limit) return part < limit
  }
  return true
}
