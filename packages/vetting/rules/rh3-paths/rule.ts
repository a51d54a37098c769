import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced, type Case, type Telling } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh3Paths: Rule = {
  id: 'RH3-paths',
  title: 'Mounts what belongs to the host',
  severity: 'high',
  why:
    'A mount of the host’s root, configuration or runtime folders hands over the host’s keys and the means to change what it runs ' +
    '(CWE-668; CIS Docker Benchmark 5.6; Kubernetes Pod Security Standards, baseline).',
  fix: 'Mount a volume, or the one file that is needed, read-only.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Folders that make the host what it is. */
const decisive =
  /^(?:\/|\/(?:boot|dev|etc|proc|root|sys|run|var\/run|usr|bin|sbin|lib|lib64|home)|\/var\/lib(?:\/(?:docker|containerd|kubelet|etcd|rancher))?)(?:\/.*)?$/
/** Below them, but known to be harmless or asked for by every clock. */
const harmless =
  /^\/(?:etc\/(?:localtime|timezone|hosts)|usr\/share\/zoneinfo(?:\/.*)?|dev\/(?:shm|null|net\/tun))$/

function check(graph: Graph): RuleResult {
  const cases = hardened(graph).flatMap(casesOf)
  const { unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.hostPaths,
    bad: () => false,
  })
  const isWatcher = ({ id }: Case) => graph.component(id)?.kind.value === 'monitoring'
  return {
    weaknesses: [
      ...together(
        graph,
        cases.filter((found) => !isWatcher(found)),
        telling,
      ),
      // An agent that measures the host has to read it.
      ...together(graph, cases.filter(isWatcher), { ...telling, severity: 'low', identity: ['monitoring'] }),
    ],
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `which paths of the host ${names} ${count === 1 ? 'mounts' : 'mount'}`,
    ),
  }
}

function casesOf({ id, hardening }: Component): readonly Case[] {
  const paths = hardening?.hostPaths
  if (paths === undefined) return []
  return paths.value
    .filter((path) => decisive.test(path) && !harmless.test(path))
    .map((path) => ({ id, note: path, detail: path, evidence: paths.evidence }))
}

const telling: Telling = {
  message: (names) => `Folders that belong to the host itself are mounted: ${names}.`,
  fix: (names, { evidence }) =>
    inFormat(evidence, {
      compose: `take the path out of volumes of ${names}, or mount the one file that is needed with :ro`,
      kubernetes: `take the hostPath out of volumes of ${names}; a configMap, secret or emptyDir holds what it needs`,
      other: `give ${names} a volume instead`,
    }),
}
