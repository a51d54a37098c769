import { isIP } from 'node:net'
import type { ComponentKind } from '../../model.ts'
import { innerNameOf } from '../name.ts'
import { technologyOf } from '../technology.ts'
import type { Span } from './span.ts'

/** What a span says that it calls. */
export interface Target {
  readonly id: string
  readonly kind: ComponentKind
  readonly technology?: string | undefined
  readonly address?: string | undefined
}

/** Names of attributes: today's semantic conventions of OpenTelemetry first, then the older ones that are still in traces. */
const addressKeys = [
  'server.address',
  'net.peer.name',
  'network.peer.address',
  'net.peer.ip',
  'peer.hostname',
  'http.host',
]

/** The store, broker or other system that a client, producer or consumer span speaks with; undefined where it does not say. */
export function targetOf(span: Span): Target | undefined {
  const database = span.attribute('db.system.name', 'db.system')
  if (database !== undefined) return systemOf(database, 'store', span)
  const broker = span.attribute('messaging.system')
  if (broker !== undefined) return systemOf(broker, 'broker', span)
  if (span.kind === 'consumer') return undefined
  const named = span.attribute('peer.service')
  if (named !== undefined)
    return { id: named, kind: kindOfName(named), technology: technologyOf({ name: named })?.technology }
  const host = hostOf(span)
  const id = host === undefined ? undefined : nameOfHost(host)
  return id === undefined ? undefined : { id, kind: kindOfName(id), address: host }
}

/** Named by its address, as deployment files name it; by its product where the address says nothing. */
function systemOf(system: string, kind: ComponentKind, span: Span): Target {
  const host = hostOf(span)
  const product = system.toLowerCase()
  const known = technologyOf({ name: product })
  return {
    id: span.attribute('peer.service') ?? (host === undefined ? undefined : nameOfHost(host)) ?? product,
    kind: kind === 'store' && known?.kind === 'cache' ? 'cache' : kind,
    technology: known?.technology ?? product,
    address: host,
  }
}

function hostOf(span: Span): string | undefined {
  const address = span.attribute(...addressKeys)
  if (address !== undefined) return address.replace(/:\d+$/, '')
  const url = span.attribute('url.full', 'http.url')
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined
}

/** A name inside of the deployment, or a domain; a bare address is no name of anything. */
function nameOfHost(host: string): string | undefined {
  if (isIP(host.replaceAll(/[[\]]/g, '')) !== 0 || host === 'localhost' || host === '') return undefined
  return innerNameOf(host) ?? host.toLowerCase()
}

function kindOfName(name: string): ComponentKind {
  return technologyOf({ name })?.kind ?? (name.includes('.') ? 'external' : 'service')
}

/** `https`, `grpc`, `postgresql`, `kafka` and so on; undefined where the span does not say. */
export function protocolOf(span: Span): string | undefined {
  const system = span.attribute(
    'db.system.name',
    'db.system',
    'messaging.system',
    'rpc.system',
    'rpc.system.name',
  )
  if (system !== undefined) return system.toLowerCase()
  const scheme = schemeOf(span)
  if (scheme !== undefined) return scheme
  return span.attribute('http.request.method', 'http.method') === undefined ? undefined : 'http'
}

export function encryptedOf(span: Span): boolean | undefined {
  const scheme = schemeOf(span)
  return scheme === undefined ? undefined : scheme === 'https'
}

function schemeOf(span: Span): 'http' | 'https' | undefined {
  const scheme =
    span.attribute('url.scheme', 'http.scheme') ?? span.attribute('url.full', 'http.url')?.split(':')[0]
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}
