import { normalised } from './merge.ts'
import { entriesOf, member, textOf, textsOf } from './node.ts'
import type { Service } from './service.ts'

/** Host name → the service that answers to it. */
export type Hosts = ReadonlyMap<string, string>

/**
 * The names under which services reach each other: their own, those of their containers, the aliases and fixed addresses of their
 * networks. A service's own name goes before an alias of another.
 */
export function hostsOf(services: readonly Service[]): Hosts {
  const hosts = new Map<string, string>()
  const add = (host: string | undefined, service: string) => {
    if (host !== undefined && !hosts.has(host)) hosts.set(host, service)
  }
  for (const { name } of services) {
    add(name, name)
    // A swarm's DNS lists the replicas of a service under this name.
    add(`tasks.${name}`, name)
  }
  for (const { name, node } of services) {
    add(textOf(node.entries.get('container_name')), name)
    const networks = node.entries.get('networks')
    for (const [, network] of networks === undefined ? [] : entriesOf(normalised(networks, 'networks'))) {
      for (const alias of textsOf(member(network, 'aliases'))) add(alias, name)
      add(textOf(member(network, 'ipv4_address')), name)
    }
  }
  // Nothing resolves a host name for others, and yet files rely on it that are run under another orchestrator.
  for (const { name, node } of services) add(textOf(node.entries.get('hostname')), name)
  return hosts
}

/** The names that one service knows: also the aliases of its own links. */
export function hostsFor({ node }: Service, hosts: Hosts): Hosts {
  const links = linksOf(node.entries.get('links'))
  return links.length === 0
    ? hosts
    : new Map([...hosts, ...links.map(({ service, alias }) => [alias, service] as const)])
}

/** `service` or `service:alias`. */
export function linksOf(node: Parameters<typeof textsOf>[0]): readonly { service: string; alias: string }[] {
  return textsOf(node).map((link) => {
    const [service = '', alias = service] = link.split(':')
    return { service, alias }
  })
}
