import type { Component, NetworkSegment } from '../../model.ts'
import type { SourceDocument } from '../document.ts'
import { isObject, Notes } from '../field.ts'
import type { ArchitecturePart, Reader, ReaderContext } from '../reader.ts'
import { withTokens } from '../tokens.ts'
import { scalingOf } from './availability.ts'
import { CallTable } from './call-table.ts'
import { Cluster } from './cluster.ts'
import { componentOf } from './components.ts'
import { gatewaysOf } from './gateways.ts'
import { findGrants } from './grants.ts'
import { workloadHabits } from './habits.ts'
import { Isolation } from './isolation.ts'
import { customised, isKustomization } from './kustomization.ts'
import { manifestsOf, type Manifest } from './manifest.ts'
import { Mesh } from './mesh.ts'
import { Names } from './names.ts'
import { ObjectFindings } from './objects.ts'
import { findReferences } from './references.ts'
import { routeCalls } from './routes.ts'
import { readServiceEntries } from './service-entries.ts'
import { settingsOf, type Settings } from './settings.ts'
import { Traffic } from './traffic.ts'
import { workloadCalls } from './workload-calls.ts'
import type { Workload } from './workload.ts'

/** Reads manifests of Kubernetes, of its Gateway API and of Istio, and simple kustomizations. */
export const kubernetesReader: Reader = {
  format: 'kubernetes',
  recognises(document) {
    if (isKustomization(document)) return true
    const { value } = document
    return isObject(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string'
  },
  read: readManifests,
}

function readManifests(documents: readonly SourceDocument[], context: ReaderContext): ArchitecturePart {
  const notes = new Notes()
  const custom = customised(documents, context, notes)
  const cluster = new Cluster(manifestsOf(custom.documents, (document) => custom.overlayOf(document), notes))
  const names = new Names(cluster)
  const findings = new ObjectFindings()
  const mesh = new Mesh(cluster, names, findings)
  const table = new CallTable()
  const traffic = new Traffic(names, mesh, table)
  const settings = new Map(cluster.workloads.map((workload) => [workload, settingsOf(workload, cluster)]))
  const told = (workload: Workload): Settings => settings.get(workload) ?? { all: [], incomplete: false }

  const scaling = scalingOf(cluster, findings)
  const isolation = new Isolation(cluster, findings)
  findReferences(cluster, names, findings)
  findGrants(cluster, findings)
  const gateways = gatewaysOf(cluster, findings)
  readServiceEntries(cluster, table)
  routeCalls({ cluster, names, traffic, findings, gateways })
  workloadCalls({ cluster, names, traffic, table, settingsOf: told })

  const habits = new Map(
    cluster.workloads.map((workload) => [workload, workloadHabits(workload, told(workload))]),
  )
  const habitsOf = (workload: Workload) => habits.get(workload)?.habits ?? {}
  const serving = new Set([...gateways.values()].flatMap(({ workloads }) => workloads))
  const source = { cluster, names, scaling, isolation, mesh, gateways: serving, settingsOf: told, habitsOf }
  const components = [
    ...cluster.workloads.map((workload) => componentOf(workload, source)),
    ...[...gateways.values()].flatMap(({ component }) => component ?? []),
  ]
  const passing = new Map(
    [...habits].flatMap(([{ id }, { passesTokens }]) =>
      passesTokens === undefined ? [] : [[id, passesTokens] as const],
    ),
  )
  const calls = withTokens(table.calls(), components, passing)
  const workloadManifests = new Set(cluster.workloads.map(({ manifest }) => manifest))
  return {
    components: [...components, ...outside(table, components)].toSorted((a, b) => compare(a.id, b.id)),
    calls: calls.toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to)),
    objects: findings
      .objects(cluster.manifests, (manifest) => workloadManifests.has(manifest))
      .toSorted((a, b) => compare(a.id, b.id)),
    networks: networksOf(cluster),
    notes: notes.all(),
  }
}

/** A host outside that is named as a part inside is that part. */
function outside(table: CallTable, components: readonly Component[]): readonly Component[] {
  const inside = new Set(components.map(({ id }) => id))
  return table.externals().filter(({ id }) => !inside.has(id))
}

/** Each namespace that workloads are in. By itself it keeps nobody out; policies do. */
function networksOf(cluster: Cluster): readonly NetworkSegment[] {
  const first = new Map<string, Manifest>()
  for (const { namespace, manifest } of cluster.workloads)
    if (!first.has(namespace)) first.set(namespace, cluster.find('Namespace', namespace) ?? manifest)
  return [...first]
    .map(([id, { root }]) => ({ id, evidence: root.at('metadata').evidence() }))
    .toSorted((a, b) => compare(a.id, b.id))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
