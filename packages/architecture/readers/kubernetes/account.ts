import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import type { Workload } from './workload.ts'

/** The account of a workload, and where it is stated; the pod itself where none is. */
export function accountNameOf({ pod }: Workload): { readonly name: string; readonly field: Field } {
  for (const key of ['serviceAccountName', 'serviceAccount']) {
    const name = pod.at(key).word()
    if (name !== undefined && name !== '') return { name, field: pod.at(key) }
  }
  return { name: 'default', field: pod }
}

/** How an account is called: its name; with its namespace where several namespaces have one of that name. */
export function accountTitle(name: string, namespace: string, cluster: Cluster): string {
  const namesakes = [
    ...cluster.of('ServiceAccount').filter((account) => account.name === name),
    ...cluster.workloads.filter((workload) => accountNameOf(workload).name === name),
  ]
  return namesakes.some((other) => other.namespace !== namespace) ? `${namespace}/${name}` : name
}
