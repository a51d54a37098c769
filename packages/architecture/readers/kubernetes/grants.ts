import type { Grant } from '../../model.ts'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import { accountNameOf, accountTitle } from './account.ts'
import { defaultNamespace, type Manifest } from './manifest.ts'
import type { ObjectFindings } from './objects.ts'

/** ClusterRoles that every cluster has ("Using RBAC Authorization"); only of the first are the rights beyond doubt. */
const builtIn = /^(?:cluster-admin|admin|edit|view|system:.*)$/

/** What each binding lets its subjects do, and whom roles and accounts apply to. */
export function findGrants(cluster: Cluster, findings: ObjectFindings): void {
  const users = accountUsers(cluster)
  for (const account of cluster.of('ServiceAccount'))
    findings.target(account, ...(users.get(`${account.namespace ?? ''}/${account.name}`) ?? []))
  for (const binding of cluster.of('RoleBinding', 'ClusterRoleBinding')) {
    const role = roleOf(binding, cluster, findings)
    const rights = rightsOf(role, binding)
    for (const subject of subjectsOf(binding)) {
      const { isAccount, name, namespace } = subject
      if (isAccount) {
        const workloads = users.get(`${namespace}/${name}`) ?? []
        findings.target(binding, ...workloads)
        if (role !== undefined) findings.target(role, ...workloads)
        tellMissingAccount(subject, cluster, findings)
      }
      if (rights === undefined) continue
      const holder = isAccount ? accountTitle(name, namespace, cluster) : name
      const grants = rights.grants.map((grant) => ({ holder, ...grant }))
      findings.grants(binding, grants, rights.field.evidence())
    }
  }
}

interface Subject {
  readonly binding: Manifest
  readonly field: Field
  readonly isAccount: boolean
  readonly name: string
  readonly namespace: string
}

function subjectsOf(binding: Manifest): readonly Subject[] {
  return binding.root
    .at('subjects')
    .items()
    .map((field) => ({
      binding,
      field,
      isAccount: field.at('kind').text() === 'ServiceAccount',
      name: field.at('name').word() ?? '',
      namespace: field.at('namespace').word() ?? binding.namespace ?? defaultNamespace,
    }))
}

/** Account → ids of the workloads that run under it. */
function accountUsers(cluster: Cluster): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(
    cluster.workloads,
    (workload) => `${workload.namespace}/${accountNameOf(workload).name}`,
  )
  return new Map([...groups].map(([account, workloads]) => [account, workloads.map(({ id }) => id)]))
}

function roleOf(binding: Manifest, cluster: Cluster, findings: ObjectFindings): Manifest | undefined {
  const reference = binding.root.at('roleRef')
  const kind = reference.at('kind').text() ?? 'Role'
  const name = reference.at('name').word() ?? ''
  const role = cluster.find(kind, name, kind === 'Role' ? binding.namespace : undefined)
  const isDescribed = cluster.of(kind).length > 0
  if (role === undefined && isDescribed && !(kind === 'ClusterRole' && builtIn.test(name)))
    findings.dangling(binding, `${kind} ${name}`, reference)
  return role
}

function rightsOf(
  role: Manifest | undefined,
  binding: Manifest,
): { readonly grants: readonly Omit<Grant, 'holder'>[]; readonly field: Field } | undefined {
  const reference = binding.root.at('roleRef')
  if (role !== undefined) {
    const field = role.root.at('rules')
    return { grants: field.items().map(grantOf), field }
  }
  const isAdministrator =
    reference.at('kind').text() === 'ClusterRole' && reference.at('name').word() === 'cluster-admin'
  return isAdministrator ? { grants: [{ verbs: ['*'], resources: ['*'] }], field: reference } : undefined
}

/** Resources as the rule writes them; named ones with their names, as `secrets/token`. */
function grantOf(rule: Field): Omit<Grant, 'holder'> {
  const names = rule.at('resourceNames').texts()
  const resources = rule
    .at('resources')
    .texts()
    .flatMap((resource) => (names.length === 0 ? [resource] : names.map((name) => `${resource}/${name}`)))
  return {
    verbs: rule.at('verbs').texts().toSorted(),
    resources: [...resources, ...rule.at('nonResourceURLs').texts()].toSorted(),
  }
}

function tellMissingAccount(
  { binding, field, name, namespace }: Subject,
  cluster: Cluster,
  findings: ObjectFindings,
): void {
  if (name === 'default' || cluster.find('ServiceAccount', name, namespace) !== undefined) return
  const isDescribed = cluster.of('ServiceAccount').some((account) => account.namespace === namespace)
  if (isDescribed) findings.dangling(binding, `ServiceAccount ${namespace}/${name}`, field.at('name'))
}
