import { namesAnAddress } from '../address-words.ts'
import { endpointsIn, type Endpoint } from '../endpoints.ts'
import { publicHostsIn } from '../public-hosts.ts'
import type { Cluster } from './cluster.ts'
import type { CallTable } from './call-table.ts'
import { isInner } from './mesh.ts'
import type { Names } from './names.ts'
import type { Setting, Settings } from './settings.ts'
import type { Traffic } from './traffic.ts'
import type { Workload } from './workload.ts'

/** Where in the files the calls of workloads are looked for. */
export interface CallSource {
  readonly cluster: Cluster
  readonly names: Names
  readonly traffic: Traffic
  readonly table: CallTable
  settingsOf(workload: Workload): Settings
}

/** `cart:7070` or `cart.shop.svc.cluster.local` as a whole value, or in a URL. */
const innerName =
  /^(?:[a-z][a-z0-9+.-]*:\/\/(?:[^\s@/]*@)?)?([a-z][a-z0-9-]*(?::\d{2,5}|(?:\.[a-z0-9-]+)+(?::\d{2,5})?))(?:\/\S*)?$/i
/** `10.0.3.17:5432` as a whole value, or in a URL. */
const addressValue =
  /^(?:([a-z][a-z0-9+.-]*):\/\/(?:[^\s@/]*@)?)?(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{2,5}))?(?:\/\S*)?$/
/** This machine, no machine, and the metadata of clouds. */
const notOutside = /^(?:127\.|0\.|169\.254\.|255\.)/

/** Calls of each workload to what its settings name. */
export function workloadCalls(source: CallSource): void {
  for (const workload of source.cluster.workloads) {
    const known = source.names.known(workload.namespace)
    for (const setting of source.settingsOf(workload).all) {
      innerCalls(workload, setting, known, source)
      outerCalls(workload, setting, source)
    }
  }
}

function innerCalls(
  workload: Workload,
  { name, text, field }: Setting,
  known: ReadonlySet<string>,
  { traffic }: CallSource,
): void {
  for (const { host, port, protocol } of endpointsIn(text, known, name)) {
    const facts = /^\d+(?:\.\d+){3}$/.test(host) ? { hardCoded: field.fact(true) } : {}
    traffic.add({
      from: workload.id,
      caller: workload,
      namespace: workload.namespace,
      host,
      port: port ?? defaultPort(protocol),
      protocol,
      field,
      facts,
    })
  }
}

function defaultPort(protocol: string | undefined): string | undefined {
  return protocol === 'http' ? '80' : protocol === 'https' ? '443' : undefined
}

function outerCalls(workload: Workload, setting: Setting, source: CallSource): void {
  const { name, text, field, origin } = setting
  if (setting.outside === false) return
  const base = { from: workload.id, caller: workload, namespace: workload.namespace, field }
  for (const { host, port, protocol } of publicHostsIn(text, name)) {
    if (source.names.destination(host, workload.namespace) === undefined)
      source.traffic.addExternal({ ...base, host, port, protocol })
  }
  if (origin === 'file') return
  const address = addressIn(text)
  if (address !== undefined && source.names.destination(address.host, workload.namespace) === undefined)
    source.traffic.addExternal({ ...base, ...address, facts: { hardCoded: field.fact(true) } })
  tellMissing(workload, setting, source)
}

/** An address of a machine that is neither this one nor a part of the cloud's own. */
function addressIn(text: string): Endpoint | undefined {
  const [, protocol, host, port] = addressValue.exec(text.trim()) ?? []
  if (host === undefined || notOutside.test(host)) return undefined
  if (port === undefined && protocol === undefined) return undefined
  return { host, port, protocol: protocol?.toLowerCase() }
}

/** A name that only the cluster can give out, and that nothing in the files has. */
function tellMissing(workload: Workload, { name, text, field }: Setting, { names }: CallSource): void {
  if (name === undefined || !(namesAnAddress(name) || text.includes('.svc'))) return
  const host = innerName.exec(text.trim())?.[1]?.replace(/:\d+$/, '') ?? ''
  if (!isInner(host) || !/[a-z]/i.test(host) || host === 'localhost') return
  if (names.destination(host, workload.namespace) === undefined)
    field.note(`${workload.id} calls ${host}, which is in none of the files`)
}
