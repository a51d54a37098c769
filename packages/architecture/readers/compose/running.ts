import type { Component, Fact, HealthCheck, UpdateStrategy } from '../../model.ts'
import { endpointsIn } from '../endpoints.ts'
import type { Hosts } from './hosts.ts'
import { booleanOf, factAt, inferredAt, itemsOf, member, numberOf, textOf, type MapNode } from './node.ts'
import { commandOf, type Service } from './service.ts'

type Running = Pick<Component, 'replicas' | 'spread' | 'restarts' | 'update' | 'liveness'>

/** How a service is run: how many replicas, what happens when one ends, how a change replaces them. */
export function runningOf(service: Service, hosts: Hosts): Running {
  return {
    ...replicasOf(service.node),
    ...spreadOf(service.node),
    restarts: restartsOf(service.node),
    ...updateOf(service.node),
    ...livenessOf(service, hosts),
  }
}

/** One where nothing is said; as many as there are nodes in global mode, which is unknown. */
function replicasOf(node: MapNode): Pick<Running, 'replicas'> {
  for (const replicas of [member(node, 'deploy', 'replicas'), node.entries.get('scale')]) {
    const value = numberOf(replicas)
    if (replicas !== undefined && value !== undefined) return { replicas: factAt(value, replicas) }
  }
  if (textOf(member(node, 'deploy', 'mode'))?.startsWith('global') === true) return {}
  return { replicas: inferredAt(1, node) }
}

function spreadOf(node: MapNode): Pick<Running, 'spread'> {
  const placement = member(node, 'deploy', 'placement')
  const most = member(placement, 'max_replicas_per_node')
  if (most !== undefined && numberOf(most) === 1) return { spread: factAt(true, most) }
  const preferences = member(placement, 'preferences')
  const spreads = itemsOf(preferences).some((preference) => member(preference, 'spread') !== undefined)
  return preferences !== undefined && spreads ? { spread: factAt(true, preferences) } : {}
}

function restartsOf(node: MapNode): Fact<boolean> {
  const policy = member(node, 'deploy', 'restart_policy', 'condition')
  if (policy !== undefined) return factAt(textOf(policy) !== 'none', policy)
  const restart = node.entries.get('restart')
  if (restart === undefined) return inferredAt(false, node)
  return factAt(!/^(?:no|false)$/.test(textOf(restart) ?? 'no'), restart)
}

function updateOf(node: MapNode): Pick<Running, 'update'> {
  const config = member(node, 'deploy', 'update_config')
  if (config === undefined) return {}
  const parallelism = textOf(member(config, 'parallelism')) ?? '1'
  const startFirst = textOf(member(config, 'order')) === 'start-first'
  const rolling: UpdateStrategy = startFirst
    ? { strategy: 'rolling', maxUnavailable: '0', maxSurge: parallelism }
    : { strategy: 'rolling', maxUnavailable: parallelism, maxSurge: '0' }
  // All at once: with the old ones stopped first, none is there meanwhile.
  const value: UpdateStrategy = parallelism === '0' && !startFirst ? { strategy: 'recreate' } : rolling
  return { update: factAt(value, config) }
}

function livenessOf({ name, node }: Service, hosts: Hosts): Pick<Running, 'liveness'> {
  const check = node.entries.get('healthcheck')
  if (check === undefined) return {}
  if (booleanOf(member(check, 'disable')) === true) return { liveness: factAt(false, check) }
  const test = member(check, 'test')
  const question = commandOf(test).replace(/^(?:CMD|CMD-SHELL)\s+/, '')
  if (test === undefined || question === '') return {}
  if (/^NONE$/.test(question)) return { liveness: factAt(false, test) }
  const asks = endpointsIn(question, hosts).flatMap(({ host }) => hosts.get(host) ?? [])
  const others = [...new Set(asks)].filter((asked) => asked !== name)
  const value: HealthCheck = others.length === 0 ? { question } : { question, asks: others }
  return { liveness: factAt(value, test) }
}
