import type { Call, Component } from '../../model.ts'
import { fact, settingEvidence } from './evidence.ts'
import type { DeployedService, Source } from './reader.ts'

/** Id of the client that stands for everybody without a credential. */
export const anyone = 'anyone'
export const gateway = 'gateway'

/** Every component that is described or called. */
export function componentsOf(source: Source, calls: readonly Call[]): Component[] {
  const named = new Set(calls.flatMap(({ from, to, through }) => [from, to, through?.value ?? '']))
  return [
    ...source.services.map((service) => serviceComponent(service, source)),
    ...storeComponents(source),
    ...externalComponents(source).filter(({ id }) => named.has(id)),
    ...clientComponents(source).filter(({ id }) => named.has(id)),
    ...(named.has(gateway) ? [gatewayComponent(source)] : []),
  ]
}

function serviceComponent({ name, facts, settings }: DeployedService, { deployment }: Source): Component {
  const at = (field: string) => settingEvidence(deployment, `services.${name}${field}`)
  return {
    id: name,
    kind: fact('service', at('')),
    replicas: fact(settings.replicas, at('.replicas')),
    technology: fact('plimsoll', at('.entry')),
    ...(settings.zone === undefined ? {} : { zone: fact(settings.zone, at('.zone')) }),
    ...(settings.owner === undefined ? {} : { owner: fact(settings.owner, at('.owner')) }),
    // The runtime refuses calls that the release does not declare.
    complete: fact(true, at('.entry')),
    release: facts.digest,
    evidence: at(''),
  }
}

function storeComponents({ deployment, services }: Source): Component[] {
  const used = new Set(services.flatMap(({ settings }) => settings.stores))
  return Object.entries(deployment.stores)
    .filter(([id]) => used.has(id))
    .map(([id, { technology, replicas, zone }]) => {
      const at = (field: string) => settingEvidence(deployment, `stores.${id}${field}`)
      return {
        id,
        kind: fact('store', at('')),
        technology: fact(technology, at('.technology')),
        replicas: fact(replicas, at('.replicas')),
        ...(zone === undefined ? {} : { zone: fact(zone, at('.zone')) }),
        evidence: at(''),
      }
    })
}

function externalComponents({ deployment }: Source): Component[] {
  return Object.entries(deployment.externals).map(([id, { url, receives }]) => {
    const at = (field: string) => settingEvidence(deployment, `externals.${id}${field}`)
    return {
      id,
      kind: fact('external', at('')),
      receives: fact(receives, at('.receives')),
      address: fact(url, at('.url')),
      evidence: at(''),
    }
  })
}

function clientComponents({ deployment }: Source): Component[] {
  const [lowest = 'public'] = deployment.dataClasses
  const nobody: Component = {
    id: anyone,
    kind: fact('client', {}),
    scopes: fact([], {}),
    receives: fact(lowest, {}),
    evidence: {},
  }
  const consumers = Object.entries(deployment.consumers).map(([id, { scopes, receives }]): Component => {
    const at = (field: string) => settingEvidence(deployment, `consumers.${id}${field}`)
    return {
      id,
      kind: fact('client', at('')),
      scopes: fact(scopes, at('.scopes')),
      receives: fact(receives, at('.receives')),
      evidence: at(''),
    }
  })
  return [nobody, ...consumers]
}

function gatewayComponent({ deployment }: Source): Component {
  const at = (field: string) => settingEvidence(deployment, `gateway${field}`)
  const { port, host, replicas, zone } = deployment.gateway
  return {
    id: gateway,
    kind: fact('gateway', at('')),
    technology: fact('plimsoll', at('')),
    replicas: fact(replicas, at('.replicas')),
    published: fact([{ port: String(port), address: host }], at('.port')),
    ...(zone === undefined ? {} : { zone: fact(zone, at('.zone')) }),
    evidence: at(''),
  }
}
