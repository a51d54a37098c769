import { cutOff, ofComponentsAlone, type Component, type Fact, type Graph } from '@plimsoll/architecture'
import { inFormat } from './format.ts'
import { isEmbedded, isGuarded, isOutside } from './kinds.ts'

/** Replicas that certainly run: where a scaler decides, those that it never goes below. */
export function replicasOf({ replicas, autoscaling }: Component): Fact<number> | undefined {
  return autoscaling === undefined
    ? replicas
    : { value: autoscaling.value.minimum, evidence: autoscaling.evidence }
}

/** True where it is known that one can fail and another one is there. */
export function runsTwice(component: Component): boolean {
  return (replicasOf(component)?.value ?? 1) > 1
}

/** What runs here as processes that there can be several of. */
export const running = ofComponentsAlone((component) =>
  isOutside(component) || isEmbedded(component) ? undefined : component,
)

/** Those of which several certainly run. */
export const replicated = cutOff((graph) => graph.once(running).filter(runsTwice))

/** The change that makes it run twice, in the words of the file that says how often it runs. */
export function secondReplica(component: Component): string {
  const { id, kind, evidence } = component
  const plimsoll = kind.value === 'gateway' ? 'gateway.replicas: 2' : `services.${id}.replicas: 2`
  if (component.autoscaling !== undefined) return `set the minimum of the scaler of ${id} to 2`
  if (isGuarded(component)) return `run it twice (${plimsoll})`
  return inFormat(replicasOf(component)?.evidence ?? evidence, {
    plimsoll: `run it twice (${plimsoll})`,
    compose: `run it twice (deploy.replicas: 2 of ${id}), on two machines`,
    kubernetes: `run it twice (spec.replicas: 2 of ${id})`,
    other: 'run it twice',
  })
}

/** Kinds that others need while they work. What watches, starts jobs or stands outside is needed by nobody who waits. */
const needable = new Set([
  'service',
  'gateway',
  'store',
  'broker',
  'cache',
  'identity-provider',
  'registry',
  'configuration',
  'secret-store',
])

/** Parts of which it is known that one runs, always or when it is quiet. */
export const singles = cutOff((graph) =>
  graph
    .once(running)
    .filter((component) => needable.has(component.kind.value) && (replicasOf(component)?.value ?? 2) < 2),
)

/** From so many parts on, running once is the habit of an architecture and not the fault of a part. */
const fewestOfHabit = 3

/** True where nothing is known to run twice: that is one finding (AV1's), and not one for each part. */
export function isNothingTwice(graph: Graph): boolean {
  return graph.once(replicated).length === 0 && graph.once(singles).length >= fewestOfHabit
}
