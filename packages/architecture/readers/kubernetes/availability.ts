import type { Component, Fact, UpdateStrategy } from '../../model.ts'
import type { Cluster } from './cluster.ts'
import { apiVersionOf } from './kinds.ts'
import { defaultNamespace } from './manifest.ts'
import type { ObjectFindings } from './objects.ts'
import { selectorOf, type Selector } from './selector.ts'
import { runsToEnd, type Workload } from './workload.ts'

type Autoscaling = NonNullable<Component['autoscaling']>
type Budget = NonNullable<Component['disruptionBudget']>

/** What autoscalers and disruption budgets say of each workload. */
export interface Scaling {
  readonly autoscaling: ReadonlyMap<Workload, Autoscaling>
  readonly budgets: ReadonlyMap<Workload, Budget>
}

export function scalingOf(cluster: Cluster, findings: ObjectFindings): Scaling {
  return { autoscaling: autoscalers(cluster, findings), budgets: budgets(cluster, findings) }
}

function autoscalers(cluster: Cluster, findings: ObjectFindings): ReadonlyMap<Workload, Autoscaling> {
  const scaled = new Map<Workload, Autoscaling>()
  for (const manifest of cluster.of('HorizontalPodAutoscaler')) {
    const spec = manifest.root.at('spec')
    const target = spec.at('scaleTargetRef')
    const kind = target.at('kind').text() ?? ''
    const name = target.at('name').word() ?? ''
    const workload = cluster.workload(kind, name, manifest.namespace ?? defaultNamespace)
    if (workload === undefined) {
      findings.dangling(manifest, `${kind} ${name}`, target)
      continue
    }
    findings.target(manifest, workload.id)
    const minimum = spec.at('minReplicas').number() ?? 1
    const maximum = spec.at('maxReplicas').number() ?? minimum
    scaled.set(workload, spec.fact({ minimum, maximum }))
  }
  return scaled
}

function budgets(cluster: Cluster, findings: ObjectFindings): ReadonlyMap<Workload, Budget> {
  const found = new Map<Workload, Budget>()
  for (const manifest of cluster.of('PodDisruptionBudget')) {
    const spec = manifest.root.at('spec')
    const selector = selectorOf(spec.at('selector'))
    // policy/v1: an empty selector means all pods of the namespace; before: none.
    const isAll =
      selector.empty && apiVersionOf(manifest.apiVersion).version === 'v1' && spec.at('selector').present
    const selected =
      selector.empty && !isAll ? [] : cluster.selected(manifest.namespace ?? defaultNamespace, selector)
    if (selected.length === 0) findings.dangling(manifest, selectorText(selector), spec.at('selector'))
    const minAvailable = spec.at('minAvailable').word()
    const maxUnavailable = spec.at('maxUnavailable').word()
    for (const workload of selected) {
      findings.target(manifest, workload.id)
      found.set(
        workload,
        spec.fact({
          ...(minAvailable === undefined ? {} : { minAvailable }),
          ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
        }),
      )
    }
  }
  return found
}

export function selectorText({ empty, text }: Selector): string {
  return empty ? 'selector {}' : `selector ${text}`
}

/** How a workload keeps answering. */
export function availabilityOf(
  workload: Workload,
  { autoscaling, budgets }: Scaling,
): Pick<
  Component,
  'replicas' | 'autoscaling' | 'disruptionBudget' | 'update' | 'spread' | 'restarts' | 'hosts'
> {
  const scaled = autoscaling.get(workload)
  return {
    replicas: replicasOf(workload, scaled),
    autoscaling: scaled,
    disruptionBudget: budgets.get(workload),
    update: updateOf(workload),
    spread: spreadOf(workload),
    restarts: restartsOf(workload),
    hosts: hostsOf(workload),
  }
}

/** An autoscaler brings the number between its bounds. A DaemonSet has as many as there are nodes, a job none that serve. */
function replicasOf(workload: Workload, scaled: Autoscaling | undefined): Fact<number> | undefined {
  const { manifest } = workload
  if (manifest.type === 'DaemonSet' || runsToEnd(workload)) return undefined
  const spec = manifest.root.at('spec')
  const field = manifest.overlay.replicas.get(manifest.name) ?? spec.at('replicas')
  const stated = manifest.type === 'Pod' ? undefined : field.number()
  const written = stated === undefined ? spec.fact(1, 'inferred') : field.fact(stated)
  // At zero the autoscaler is off.
  if (scaled === undefined || stated === 0) return written
  const { minimum, maximum } = scaled.value
  const within = Math.max(minimum, Math.min(maximum, written.value))
  return within === written.value
    ? written
    : { value: within, evidence: { ...scaled.evidence, how: 'inferred' } }
}

function updateOf({ manifest }: Workload): Fact<UpdateStrategy> | undefined {
  const spec = manifest.root.at('spec')
  const defaults = updateDefaults[manifest.type]
  if (defaults === undefined) return undefined
  const field = spec.at(defaults.key)
  const type = field.at('type').text() ?? 'RollingUpdate'
  if (type === 'Recreate') return field.fact({ strategy: 'recreate' })
  // `OnDelete`: people do it by hand.
  if (!type.startsWith('Rolling')) return undefined
  const rolling = field.at(defaults.parameters)
  const surge = rolling.at('maxSurge').word() ?? defaults.surge
  const strategy: UpdateStrategy = {
    strategy: 'rolling',
    maxUnavailable: rolling.at('maxUnavailable').word() ?? defaults.unavailable,
    ...(surge === undefined ? {} : { maxSurge: surge }),
  }
  return rolling.present ? rolling.fact(strategy) : spec.fact(strategy, 'inferred')
}

interface UpdateDefaults {
  readonly key: string
  readonly parameters: string
  readonly unavailable: string
  readonly surge?: string
}

const updateDefaults: Readonly<Record<string, UpdateDefaults>> = {
  Deployment: { key: 'strategy', parameters: 'rollingUpdate', unavailable: '25%', surge: '25%' },
  DeploymentConfig: { key: 'strategy', parameters: 'rollingParams', unavailable: '25%', surge: '25%' },
  StatefulSet: { key: 'updateStrategy', parameters: 'rollingUpdate', unavailable: '1' },
  DaemonSet: { key: 'updateStrategy', parameters: 'rollingUpdate', unavailable: '1' },
}

/** True where the scheduler is asked to keep its own pods apart, be it a wish or a condition. */
function spreadOf(workload: Workload): Fact<boolean> | undefined {
  const { pod, manifest, labels } = workload
  if (manifest.type === 'DaemonSet') return manifest.root.at('kind').fact(true, 'inferred')
  if (runsToEnd(workload)) return undefined
  const antiAffinity = pod.at('affinity').at('podAntiAffinity')
  const terms = [
    ...pod.at('topologySpreadConstraints').items(),
    ...antiAffinity.at('requiredDuringSchedulingIgnoredDuringExecution').items(),
    ...antiAffinity
      .at('preferredDuringSchedulingIgnoredDuringExecution')
      .items()
      .map((wish) => wish.at('podAffinityTerm')),
  ]
  const own = terms.find((term) => {
    const selector = selectorOf(term.at('labelSelector'))
    return !selector.empty && selector.matches(labels)
  })
  return own?.fact(true) ?? pod.fact(false, 'inferred')
}

function restartsOf(workload: Workload): Fact<boolean> | undefined {
  if (runsToEnd(workload)) return undefined
  const policy = workload.pod.at('restartPolicy')
  const text = policy.text()
  if (workload.manifest.type !== 'Pod' || text === undefined) return workload.pod.fact(true, 'inferred')
  return policy.fact(text !== 'Never')
}

function hostsOf({ pod }: Workload): Fact<readonly string[]> | undefined {
  const fields = [pod.at('nodeName'), pod.at('nodeSelector').at('kubernetes.io/hostname')]
  const field = fields.find(({ present }) => present)
  const host = field?.word()
  return host === undefined ? undefined : field?.fact([host])
}
