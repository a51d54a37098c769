import type { Component } from '../../model.ts'
import type { Field } from '../field.ts'
import { plainSecretIn } from '../secrets.ts'
import type { Cluster } from './cluster.ts'
import { secretDataOf, type Setting, type Settings } from './settings.ts'
import type { Workload } from './workload.ts'

interface Use {
  readonly name: string
  readonly field: Field
}

/** Secrets that a workload is given, and those that stand in plain text. Only their names ever leave. */
export function secretUseOf(
  workload: Workload,
  cluster: Cluster,
  settings: Settings,
): Pick<Component, 'secrets' | 'environmentSecrets' | 'plainSecrets' | 'certificates'> {
  const { pod } = workload
  const environment = environmentUses(workload)
  const all = [...environment, ...volumeUses(pod)]
  const certificates = all.filter(({ name }) => isCertificate(name, workload.namespace, cluster))
  const plain = [
    ...settings.all.filter(isPlain).map(useOf),
    ...all.filter(({ name }) => isWritten(name, workload.namespace, cluster)),
  ]
  const factOf = (uses: readonly Use[]) => {
    const names = [...new Set(uses.map(({ name }) => name))].toSorted()
    return uses[0]?.field.fact(names) ?? pod.fact(names, 'inferred')
  }
  return {
    secrets: factOf(all),
    environmentSecrets: factOf(environment),
    // Of what nobody described it is not known whether it holds a secret.
    plainSecrets: plain.length === 0 && settings.incomplete ? undefined : factOf(plain),
    certificates: certificates.length === 0 ? undefined : factOf(certificates),
  }
}

export function environmentUses({ containers, initial }: Workload): readonly Use[] {
  const containersOfAll = [...containers, ...initial]
  return containersOfAll.flatMap((container) => [
    ...container
      .at('env')
      .items()
      .flatMap((variable) => named(variable.at('valueFrom').at('secretKeyRef').at('name'))),
    ...container
      .at('envFrom')
      .items()
      .flatMap((from) => named(from.at('secretRef').at('name'))),
  ])
}

export function volumeUses(pod: Field): readonly Use[] {
  return pod
    .at('volumes')
    .items()
    .flatMap((volume) => [
      ...named(volume.at('secret').at('secretName')),
      ...volume
        .at('projected')
        .at('sources')
        .items()
        .flatMap((source) => named(source.at('secret').at('name'))),
    ])
}

function named(field: Field): readonly Use[] {
  const name = field.word()
  return name === undefined || name === '' ? [] : [{ name, field }]
}

function isPlain({ name = '', text, origin }: Setting): boolean {
  return origin !== 'secret' && plainSecretIn(name, text)
}

function useOf({ name = 'argument', field }: Setting): Use {
  return { name: name.replace(/^-+/, ''), field }
}

const stored = /^(?:kubernetes\.io\/(?:service-account-token|dockercfg|dockerconfigjson)|helm\.sh\/.*)$/

/** The Secret stands in the files with its values: whoever reads the repository has them. Base64 hides nothing. */
function isWritten(name: string, namespace: string, cluster: Cluster): boolean {
  const secret = cluster.find('Secret', name, namespace)
  if (secret === undefined || stored.test(secret.root.at('type').text() ?? '')) return false
  return secretDataOf(secret).some(({ text }) => {
    const value = text.trim()
    return (
      value !== '' &&
      !/^(?:<.*>|\$\{.*\}|\$\(.*\)|\{\{.*\}\}|x{3,}|\*+|change-?me|replace-?me|todo|placeholder)$/i.test(
        value,
      )
    )
  })
}

function isCertificate(name: string, namespace: string, cluster: Cluster): boolean {
  const secret = cluster.find('Secret', name, namespace)
  if (secret?.root.at('type').text() === 'kubernetes.io/tls') return true
  return cluster
    .of('Certificate')
    .some(
      (certificate) =>
        certificate.namespace === namespace && certificate.root.at('spec').at('secretName').word() === name,
    )
}
