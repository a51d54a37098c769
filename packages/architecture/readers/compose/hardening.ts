import type { Fact, Hardening } from '../../model.ts'
import { isEngineSocket, mountOf } from './mounts.ts'
import {
  booleanOf,
  factAt,
  inferredAt,
  itemsOf,
  member,
  textOf,
  textsOf,
  type MapNode,
  type Node,
} from './node.ts'

/**
 * The walls around a service. A container engine gives every container the same ones unless the file says otherwise (the Docker
 * Engine's defaults: own namespaces, a seccomp profile, a writable root file system, no limits): these follow, and are marked so.
 * The user is the image's, and stays unknown.
 */
export function hardeningOf(service: MapNode): Hardening {
  const at = (...path: readonly string[]) => member(service, ...path)
  return {
    privileged: stated(at('privileged'), service),
    hostNetwork: isHost(at('network_mode'), service),
    hostPid: isHost(at('pid'), service),
    hostIpc: isHost(at('ipc'), service),
    ...mountWalls(service),
    ...userWall(at('user')),
    ...optionWalls(service),
    capabilitiesAdded: names(at('cap_add'), service),
    capabilitiesDropped: names(at('cap_drop'), service),
    writableRoot: writable(at('read_only'), service),
    processorLimit: limit(
      [at('deploy', 'resources', 'limits', 'cpus'), at('cpus'), at('cpu_quota')],
      service,
    ),
    memoryLimit: limit([at('deploy', 'resources', 'limits', 'memory'), at('mem_limit')], service),
    processLimit: limit([at('deploy', 'resources', 'limits', 'pids'), at('pids_limit')], service),
    ...(at('storage_opt', 'size') === undefined
      ? {}
      : { storageLimit: limit([at('storage_opt', 'size')], service) }),
  }
}

function stated(node: Node | undefined, service: MapNode): Fact<boolean> | undefined {
  if (node === undefined) return inferredAt(false, service)
  const value = booleanOf(node)
  return value === undefined ? undefined : factAt(value, node)
}

function isHost(node: Node | undefined, service: MapNode): Fact<boolean> {
  return node === undefined ? inferredAt(false, service) : factAt(textOf(node) === 'host', node)
}

function writable(node: Node | undefined, service: MapNode): Fact<boolean> | undefined {
  if (node === undefined) return inferredAt(true, service)
  const value = booleanOf(node)
  return value === undefined ? undefined : factAt(!value, node)
}

function mountWalls(service: MapNode): Pick<Hardening, 'engineSocket' | 'hostPaths'> {
  const items = itemsOf(service.entries.get('volumes')).map((item) => ({ item, mount: mountOf(item) }))
  const socket = items.find(({ mount }) => isEngineSocket(mount))
  const paths = items.filter(({ mount }) => mount.kind === 'host' && !isEngineSocket(mount))
  const inherits = service.entries.has('volumes_from')
  const [first] = paths
  return {
    ...(socket === undefined
      ? inherits
        ? {}
        : { engineSocket: inferredAt(false, service) }
      : { engineSocket: factAt(true, socket.item) }),
    ...(first === undefined
      ? inherits
        ? {}
        : { hostPaths: inferredAt([], service) }
      : {
          hostPaths: factAt(
            paths.map(({ mount }) => mount.source ?? mount.target),
            first.item,
          ),
        }),
  }
}

function userWall(node: Node | undefined): Pick<Hardening, 'root'> {
  const [user] = (textOf(node) ?? '').split(':')
  return node === undefined || user === undefined || user === ''
    ? {}
    : { root: factAt(/^(?:0+|root)$/.test(user), node) }
}

function optionWalls(service: MapNode): Pick<Hardening, 'escalation' | 'seccomp'> {
  const options = itemsOf(service.entries.get('security_opt'))
  const find = (pattern: RegExp) => options.find((option) => pattern.test(textOf(option) ?? ''))
  const noNewPrivileges = find(/^no-new-privileges(?:[:=]true)?$/i)
  const profile = find(/^seccomp[:=]/i)
  const isPrivileged = booleanOf(service.entries.get('privileged')) === true
  const isFiltered = !isPrivileged && !/unconfined/i.test(textOf(profile) ?? '')
  return {
    escalation: noNewPrivileges === undefined ? inferredAt(true, service) : factAt(false, noNewPrivileges),
    seccomp: profile === undefined ? inferredAt(isFiltered, service) : factAt(isFiltered, profile),
  }
}

/** Capabilities without `CAP_`, in capitals, as Linux names them. */
function names(node: Node | undefined, service: MapNode): Fact<readonly string[]> {
  if (node === undefined) return inferredAt([], service)
  return factAt(
    textsOf(node).map((name) => name.toUpperCase().replace(/^CAP_/, '')),
    node,
  )
}

/** The first limit that is written; 0 and -1 mean that there is none. */
function limit(nodes: readonly (Node | undefined)[], service: MapNode): Fact<string | false> {
  for (const node of nodes) {
    const text = textOf(node)
    if (node !== undefined && text !== undefined)
      return factAt(/^(?:0+(?:\.0+)?|-1)$/.test(text) ? false : text, node)
  }
  return inferredAt(false, service)
}
