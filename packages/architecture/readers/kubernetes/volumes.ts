import type { Component, Volume } from '../../model.ts'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import type { Workload } from './workload.ts'

/** Sources that bring configuration, not a place for data. */
const configuration = ['configMap', 'secret', 'projected', 'downwardAPI', 'image']
const temporary = ['emptyDir', 'ephemeral', 'gitRepo']

interface Mount {
  readonly volume: Volume
  readonly field: Field
}

/** Where a workload keeps data. */
export function volumesOf(workload: Workload, cluster: Cluster): Pick<Component, 'volumes' | 'traits'> {
  const { pod, manifest } = workload
  const claims = manifest.root.at('spec').at('volumeClaimTemplates').items()
  const mounts: readonly Mount[] = [
    ...pod
      .at('volumes')
      .items()
      .flatMap((field) => mountOf(field, workload, cluster) ?? []),
    ...claims.flatMap((field): Mount[] => {
      const name = field.at('metadata').at('name').word()
      return name === undefined ? [] : [{ volume: { name, kind: 'persistent' }, field }]
    }),
  ]
  const [first] = mounts
  const volumes = [...new Map(mounts.map(({ volume }) => [`${volume.kind} ${volume.name}`, volume])).values()]
  return {
    volumes: first?.field.fact(volumes) ?? pod.fact([], 'inferred'),
    ...encryptionOf(workload, claims, cluster),
  }
}

function mountOf(field: Field, workload: Workload, cluster: Cluster): Mount | undefined {
  const name = field.at('name').word() ?? ''
  const is = (keys: readonly string[]) => keys.some((key) => field.at(key).present)
  if (is(configuration)) return undefined
  const path = field.at('hostPath').at('path').text()
  if (path !== undefined) return { volume: { name: path, kind: 'host' }, field }
  const claim = field.at('persistentVolumeClaim').at('claimName').word()
  if (claim !== undefined) {
    const kind = isOnOneHost(claim, workload, cluster) ? 'host' : 'persistent'
    return { volume: { name: claim, kind }, field }
  }
  if (name === '') return undefined
  // A volume without a source is an emptyDir.
  const isTemporary = is(temporary) || (field.members().length === 1 && field.at('name').present)
  return { volume: { name, kind: isTemporary ? 'ephemeral' : 'persistent' }, field }
}

/** The claim is bound to a volume that is a folder of one node. */
function isOnOneHost(claim: string, { namespace }: Workload, cluster: Cluster): boolean {
  const manifest = cluster.find('PersistentVolumeClaim', claim, namespace)
  const volume = manifest?.root.at('spec').at('volumeName').word()
  const source = volume === undefined ? undefined : cluster.find('PersistentVolume', volume)?.root.at('spec')
  return source !== undefined && (source.at('hostPath').present || source.at('local').present)
}

/** Known only where the storage class of every claim says so. */
function encryptionOf(
  { pod, namespace }: Workload,
  templates: readonly Field[],
  cluster: Cluster,
): Pick<Component, 'traits'> {
  const specs = [
    ...templates.map((template) => template.at('spec')),
    ...pod
      .at('volumes')
      .items()
      .flatMap((volume) => {
        const claim = volume.at('persistentVolumeClaim').at('claimName').word()
        if (claim === undefined) return []
        return [cluster.find('PersistentVolumeClaim', claim, namespace)?.root.at('spec')]
      }),
  ]
  const facts = specs.map((spec) => {
    const name = spec?.at('storageClassName').word()
    const storage = name === undefined ? undefined : cluster.find('StorageClass', name)
    const encrypted = storage?.root.at('parameters').at('encrypted')
    return encrypted?.present === true ? encrypted.fact(String(encrypted.value) === 'true') : undefined
  })
  const fact = facts.find((candidate) => candidate?.value === false) ?? facts[0]
  return fact === undefined || facts.includes(undefined) ? {} : { traits: { 'encrypted-at-rest': fact } }
}
