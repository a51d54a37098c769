import type { Fact, Hardening } from '../../model.ts'
import type { Field } from '../field.ts'
import { accountNameOf, accountTitle } from './account.ts'
import type { Cluster } from './cluster.ts'
import type { Workload } from './workload.ts'

/** Sockets through which an engine takes commands. */
const engineSocket = /(?:^|\/)(?:docker|containerd|crio|podman|cri-dockerd|buildkitd)\.sock$/

/** Walls around the pods of a workload; where its containers differ, the weakest counts. Defaults are those of Kubernetes. */
export function hardeningOf(workload: Workload, cluster: Cluster): Hardening {
  const { containers, initial, pod } = workload
  if (containers.length === 0) return accountOf(workload, cluster)
  return {
    privileged: worst(
      [...containers, ...initial],
      (container) => flagOf(container, 'privileged', false),
      true,
    ),
    ...hostAccess(pod),
    root: rootOf(containers, pod),
    escalation: worst(containers, escalationOf, true),
    ...capabilitiesOf(containers),
    writableRoot: worst(containers, writableRootOf, true),
    seccomp: worst(containers, (container) => seccompOf(container, workload), false),
    processorLimit: limitOf('cpu', workload, cluster),
    memoryLimit: limitOf('memory', workload, cluster),
    storageLimit: limitOf('ephemeral-storage', workload, cluster),
    ...accountOf(workload, cluster),
  }
}

/** The fact of the first container that has the bad value; of the first of all where none has. */
function worst(
  containers: readonly Field[],
  factOf: (container: Field) => Fact<boolean>,
  bad: boolean,
): Fact<boolean> | undefined {
  const facts = containers.map(factOf)
  return facts.find(({ value }) => value === bad) ?? facts[0]
}

function flagOf(container: Field, key: string, otherwise: boolean): Fact<boolean> {
  const field = container.at('securityContext').at(key)
  const value = field.flag()
  return value === undefined ? container.fact(otherwise, 'inferred') : field.fact(value)
}

/** A privileged container, and one with CAP_SYS_ADMIN, can always escalate (Kubernetes, "Security context"). */
function escalationOf(container: Field): Fact<boolean> {
  const always =
    flagOf(container, 'privileged', false).value || namesOf(container, 'add').includes('SYS_ADMIN')
  return always
    ? container.at('securityContext').fact(true, 'inferred')
    : flagOf(container, 'allowPrivilegeEscalation', true)
}

function writableRootOf(container: Field): Fact<boolean> {
  const { value, evidence } = flagOf(container, 'readOnlyRootFilesystem', false)
  return { value: !value, evidence }
}

/** What the image says is not known, so that root is known only where a user or its absence is stated for every container. */
function rootOf(containers: readonly Field[], pod: Field): Fact<boolean> | undefined {
  const facts = containers.map((container) => {
    const stated = (key: string) =>
      [container, pod].map((at) => at.at('securityContext').at(key)).find(({ present }) => present)
    const user = stated('runAsUser')
    const nonRoot = stated('runAsNonRoot')
    if (nonRoot?.flag() === true) return nonRoot.fact(false)
    const id = user?.number()
    return id === undefined ? undefined : user?.fact(id === 0)
  })
  const root = facts.find((fact) => fact?.value === true)
  return root ?? (facts.includes(undefined) ? undefined : facts[0])
}

function namesOf(container: Field, list: 'add' | 'drop'): readonly string[] {
  return container
    .at('securityContext')
    .at('capabilities')
    .at(list)
    .texts()
    .map((name) => name.toUpperCase().replace(/^CAP_/, ''))
}

/** Added by any container; dropped by all of them. */
function capabilitiesOf(
  containers: readonly Field[],
): Pick<Hardening, 'capabilitiesAdded' | 'capabilitiesDropped'> {
  const at = (list: 'add' | 'drop') => {
    const stating = containers.find((container) => namesOf(container, list).length > 0)
    return stating?.at('securityContext').at('capabilities').at(list)
  }
  const added = [...new Set(containers.flatMap((container) => namesOf(container, 'add')))].toSorted()
  const drops = containers.map((container) => namesOf(container, 'drop'))
  const isDropped = (name: string) => drops.every((names) => names.includes('ALL') || names.includes(name))
  const dropped = [...new Set(drops.flat().filter(isDropped))].toSorted()
  const [first] = containers
  return {
    capabilitiesAdded: at('add')?.fact(added) ?? first?.fact(added, 'inferred'),
    capabilitiesDropped: at('drop')?.fact(dropped) ?? first?.fact(dropped, 'inferred'),
  }
}

/** Unconfined unless stated. A kubelet can be set to another default, which no manifest tells. */
function seccompOf(container: Field, { pod, annotations }: Workload): Fact<boolean> {
  const profile = [container, pod]
    .map((at) => at.at('securityContext').at('seccompProfile').at('type'))
    .find(({ present }) => present)
  const type = profile?.text()
  if (profile !== undefined && type !== undefined) return profile.fact(type !== 'Unconfined')
  const old = annotations.get('seccomp.security.alpha.kubernetes.io/pod')
  if (old !== undefined) return pod.fact(old !== 'unconfined')
  return container.fact(false, 'inferred')
}

function hostAccess(
  pod: Field,
): Pick<Hardening, 'hostNetwork' | 'hostPid' | 'hostIpc' | 'engineSocket' | 'hostPaths'> {
  const flag = (key: string) => {
    const value = pod.at(key).flag()
    return value === undefined ? pod.fact(false, 'inferred') : pod.at(key).fact(value)
  }
  const mounts = pod
    .at('volumes')
    .items()
    .map((volume) => volume.at('hostPath').at('path'))
    .flatMap((field) => ({ path: field.text() ?? '', field }))
    .filter(({ path }) => path !== '')
  const socket = mounts.find(({ path }) => engineSocket.test(path))
  const paths = mounts.filter(({ path }) => !engineSocket.test(path))
  return {
    hostNetwork: flag('hostNetwork'),
    hostPid: flag('hostPID'),
    hostIpc: flag('hostIPC'),
    engineSocket: socket?.field.fact(true) ?? pod.fact(false, 'inferred'),
    hostPaths:
      paths[0]?.field.fact([...new Set(paths.map(({ path }) => path))].toSorted()) ??
      pod.fact([], 'inferred'),
  }
}

/** A limit counts where every container has it, or gets it from a LimitRange of the namespace. */
function limitOf(resource: string, workload: Workload, cluster: Cluster): Fact<string | false> | undefined {
  const { containers, pod, namespace } = workload
  const whole = pod.at('resources').at('limits').at(resource)
  const ofPod = whole.word()
  if (ofPod !== undefined) return whole.fact(ofPod)
  const ofNamespace = defaultLimit(resource, namespace, cluster)
  const facts = containers.map((container): Fact<string | false> => {
    const field = container.at('resources').at('limits').at(resource)
    const value = field.word()
    return value === undefined ? (ofNamespace ?? container.fact(false, 'inferred')) : field.fact(value)
  })
  return facts.find(({ value }) => value === false) ?? facts[0]
}

function defaultLimit(resource: string, namespace: string, cluster: Cluster): Fact<string> | undefined {
  for (const range of cluster.of('LimitRange')) {
    if (range.namespace !== namespace) continue
    for (const limit of range.root.at('spec').at('limits').items()) {
      if (limit.at('type').text() !== 'Container') continue
      // A maximum is also the default where none is stated.
      const field = [limit.at('default').at(resource), limit.at('max').at(resource)].find(
        ({ present }) => present,
      )
      const value = field?.word()
      if (field !== undefined && value !== undefined) return field.fact(value, 'inferred')
    }
  }
  return undefined
}

/** The pod decides on the token, then its account; of an account that no file describes it is not known. */
function accountOf(workload: Workload, cluster: Cluster): Pick<Hardening, 'serviceAccount' | 'accountToken'> {
  const { name, field } = accountNameOf(workload)
  const account = cluster.find('ServiceAccount', name, workload.namespace)
  const ofPod = workload.pod.at('automountServiceAccountToken')
  const ofAccount = account?.root.at('automountServiceAccountToken')
  const stated = [ofPod, ofAccount].find((at) => at?.flag() !== undefined)
  const isKnown = account !== undefined || name === 'default'
  return {
    serviceAccount: field.fact(
      accountTitle(name, workload.namespace, cluster),
      field === workload.pod ? 'inferred' : undefined,
    ),
    accountToken: stated?.fact(stated.value === true) ?? (isKnown ? field.fact(true, 'inferred') : undefined),
  }
}
