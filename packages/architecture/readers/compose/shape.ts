import type { Node } from './node.ts'

/** What a member may be: a text (or number, or boolean), a list, a map; or anything. */
type Shape = readonly Node['type'][] | 'any'

const text: Shape = ['text']
const list: Shape = ['list']
const map: Shape = ['map']
const words: Shape = ['text', 'list']
const pairs: Shape = ['list', 'map']
const textOrMap: Shape = ['text', 'map']

/** Members of a service by their shape; `/` goes into a map. From the Compose specification's JSON Schema. */
const serviceShapes: Readonly<Record<string, Shape>> = {
  ...shapesOf(
    text,
    'attach cgroup cgroup_parent container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus ' +
      'cpuset domainname hostname image init ipc isolation mac_address mem_limit mem_reservation mem_swappiness memswap_limit ' +
      'network_mode oom_kill_disable oom_score_adj pid pids_limit platform privileged pull_policy read_only restart runtime scale shm_size ' +
      'stdin_open stop_grace_period stop_signal tty use_api_socket user userns_mode uts volume_driver working_dir',
  ),
  ...shapesOf(
    list,
    'cap_add cap_drop configs device_cgroup_rules devices expose external_links group_add links ports post_start pre_stop profiles ' +
      'secrets security_opt volumes volumes_from',
  ),
  ...shapesOf(
    map,
    'blkio_config credential_spec deploy develop healthcheck logging provider storage_opt ulimits',
  ),
  ...shapesOf(words, 'command dns dns_opt dns_search entrypoint label_file tmpfs'),
  ...shapesOf(pairs, 'annotations depends_on environment extra_hosts labels models networks sysctls'),
  ...shapesOf(textOrMap, 'build extends'),
  env_file: 'any',
  gpus: 'any',
  'healthcheck/test': words,
  'healthcheck/disable': text,
  'deploy/replicas': text,
  'deploy/mode': text,
  'deploy/labels': pairs,
  'deploy/resources': map,
  'deploy/update_config': map,
  'deploy/restart_policy': map,
  'deploy/placement': map,
}

const topLevel = new Set('version name services networks volumes secrets configs include models'.split(' '))

function shapesOf(shape: Shape, names: string): Readonly<Record<string, Shape>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, shape]))
}

/** True where a document's top level has the members of a Compose file and no others. */
export function isTopLevelMember(name: string): boolean {
  return topLevel.has(name) || name.startsWith('x-')
}

/** What is wrong with a member of a service, if something is; `unknown` where the specification has no such member. */
export function shapeProblem(path: string, node: Node): string | undefined {
  const name = path.split('/').at(-1) ?? path
  if (name.startsWith('x-')) return undefined
  const shape = Object.hasOwn(serviceShapes, path) ? serviceShapes[path] : undefined
  if (shape === undefined) return path.includes('/') ? undefined : 'unknown'
  if (shape === 'any' || shape.includes(node.type)) return undefined
  if (node.type === 'text' && node.isNull) return undefined
  return `is a ${node.type}, and has to be a ${shape.join(' or a ')}`
}
