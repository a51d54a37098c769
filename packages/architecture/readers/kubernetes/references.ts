import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import { selectorText } from './availability.ts'
import { accountNameOf } from './account.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import type { Names } from './names.ts'
import type { ObjectFindings } from './objects.ts'
import { environmentUses, volumeUses } from './secret-use.ts'
import { plainSelectorOf } from './selector.ts'
import type { Workload } from './workload.ts'

/** Who makes Secrets, and where it says the name. */
const secretMakers: Readonly<Record<string, readonly string[]>> = {
  SealedSecret: ['metadata', 'name'],
  ExternalSecret: ['spec', 'target', 'name'],
  Certificate: ['spec', 'secretName'],
}
/** Made by the platform in each namespace. */
const given = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert', 'default'])

/**
 * Services that select nothing, and references of workloads to objects that are not there. Where the files hold no object of a kind
 * at all, somebody else makes them, and nothing is said.
 */
export function findReferences(cluster: Cluster, names: Names, findings: ObjectFindings): void {
  for (const service of cluster.of('Service')) checkService(service, names, findings)
  for (const workload of cluster.workloads) checkWorkload(workload, cluster, findings)
  for (const type of ['Namespace', 'LimitRange', 'ResourceQuota'])
    for (const manifest of cluster.of(type)) {
      const namespace = manifest.namespace ?? manifest.name
      findings.target(manifest, ...cluster.workloadsIn(namespace).map(({ id }) => id))
    }
}

function checkService(service: Manifest, names: Names, findings: ObjectFindings): void {
  const spec = service.root.at('spec')
  const workloads = names.behind(service)
  findings.target(service, ...workloads.map(({ id }) => id))
  const selector = plainSelectorOf(spec.at('selector'))
  if (selector.empty || spec.at('type').text() === 'ExternalName') return
  if (workloads.length === 0) {
    findings.dangling(service, selectorText(selector), spec.at('selector'))
    return
  }
  const named = new Set(
    workloads.flatMap(({ containers, initial }) =>
      [...containers, ...initial]
        .flatMap((container) => container.at('ports').items())
        .flatMap((port) => port.at('name').word() ?? []),
    ),
  )
  for (const port of spec.at('ports').items()) {
    const target = port.at('targetPort').word()
    if (target !== undefined && !/^\d+$/.test(target) && !named.has(target))
      findings.dangling(service, `targetPort ${target}`, port.at('targetPort'))
  }
}

function checkWorkload(workload: Workload, cluster: Cluster, findings: ObjectFindings): void {
  const { namespace, manifest } = workload
  const secrets = secretNames(cluster)
  const check = (kind: string, at: Field, isThere: (name: string) => boolean) => {
    const name = at.word()
    const isDescribed =
      cluster.of(kind).length > 0 ||
      (kind === 'Secret' && cluster.of(...Object.keys(secretMakers)).length > 0)
    if (name === undefined || name === '' || given.has(name)) return
    if (isThere(name)) tellUse(cluster.find(kind, name, namespace), workload, findings)
    else if (isDescribed) findings.dangling(manifest, `${kind} ${name}`, at)
  }
  const exists = (kind: string) => (name: string) => cluster.find(kind, name, namespace) !== undefined
  for (const at of configurationUses(workload)) check('ConfigMap', at, exists('ConfigMap'))
  for (const { field } of [...environmentUses(workload), ...volumeUses(workload.pod)]) {
    check(
      'Secret',
      field,
      (name) => exists('Secret')(name) || secrets.has(`${namespace}/${name}`) || isOptional(field, workload),
    )
  }
  const claims = workload.pod
    .at('volumes')
    .items()
    .map((volume) => volume.at('persistentVolumeClaim').at('claimName'))
  for (const at of claims) check('PersistentVolumeClaim', at, exists('PersistentVolumeClaim'))
  const account = accountNameOf(workload)
  if (account.field !== workload.pod) check('ServiceAccount', account.field, exists('ServiceAccount'))
}

function tellUse(manifest: Manifest | undefined, workload: Workload, findings: ObjectFindings): void {
  if (manifest !== undefined) findings.target(manifest, workload.id)
}

function secretNames(cluster: Cluster): ReadonlySet<string> {
  return new Set(
    Object.entries(secretMakers).flatMap(([kind, path]) =>
      cluster.of(kind).map((maker) => {
        const name = path.reduce((field, key) => field.at(key), maker.root).word() ?? maker.name
        return `${maker.namespace ?? defaultNamespace}/${name}`
      }),
    ),
  )
}

/** References that may lead to nothing are left out. */
function configurationUses({ containers, initial, pod }: Workload): readonly Field[] {
  const all = [...containers, ...initial]
  const references = [
    ...all.flatMap((container) => [
      ...container
        .at('env')
        .items()
        .map((variable) => variable.at('valueFrom').at('configMapKeyRef')),
      ...container
        .at('envFrom')
        .items()
        .map((from) => from.at('configMapRef')),
    ]),
    ...pod
      .at('volumes')
      .items()
      .flatMap((volume) => [volume, ...volume.at('projected').at('sources').items()])
      .map((holder) => holder.at('configMap')),
  ]
  return references
    .filter((reference) => reference.at('optional').value !== true)
    .map((reference) => reference.at('name'))
}

/** `optional` stands beside the name. */
function isOptional(field: Field, { manifest }: Workload): boolean {
  let holder: unknown = manifest.root.value
  for (const step of field.path.slice(0, -1))
    holder = typeof holder === 'object' && holder !== null ? Reflect.get(holder, step) : undefined
  return typeof holder === 'object' && holder !== null && Reflect.get(holder, 'optional') === true
}
