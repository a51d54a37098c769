import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { parseImage } from '../image.ts'
import { listed } from '../path.ts'
import { isRunOnce } from '../once.ts'

export const av8Registry: Rule = {
  id: 'AV8-registry',
  title: 'Images lie in a registry of the same system',
  severity: 'medium',
  why:
    'Replicas that are independent while they run are not when they start: with the registry away no machine can take over, and after an outage ' +
    'of everything the registry has to be up before anything else, itself included (NIST SP 800-190, section 3.2; Beyer et al., Site ' +
    'Reliability Engineering, chapter 22: cold start).',
  fix: 'Keep the images where the system’s own outage does not reach, or run the registry twice on storage of its own.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const users = Map.groupBy(
    graph.architecture.components,
    (component) => registryOf(component, graph)?.id ?? '',
  )
  return {
    weaknesses: [...users].flatMap(([id, held]) => {
      const registry = graph.component(id)
      return registry !== undefined && isRunOnce(registry) ? [weakness(registry, held)] : []
    }),
  }
}

/** The component that an image's registry is: by its name, with or without port and domain of the platform. */
function registryOf({ image, id }: Component, graph: Graph): Component | undefined {
  const { registry } = parseImage(image?.value ?? '')
  const host = registry?.replace(/:\d+$/, '')
  if (host === undefined || host === 'localhost') return undefined
  const found = [host, host.split('.')[0] ?? '']
    .map((name) => graph.component(name))
    .find((each) => each !== undefined)
  return found?.id === id || found?.kind.value === 'external' ? undefined : found
}

function weakness(registry: Component, held: readonly Component[]): Weakness {
  const ids = held.map(({ id }) => id).toSorted()
  return {
    subject: registry.id,
    message: `The images of ${listed(ids, 6)} lie in ${registry.id}, which runs once: without it none of them starts again.`,
    path: [
      { id: registry.id, evidence: registry.evidence },
      ...ids.slice(0, 6).map((id) => ({ id, note: 'starts from it' })),
    ],
    evidence: held.map(({ image, evidence }) => image?.evidence ?? evidence),
    fix: `keep the images of ${listed(ids, 6)} in a registry outside, or run ${registry.id} twice`,
    members: ids,
  }
}
