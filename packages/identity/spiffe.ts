import { IdentityRefusal } from './errors.ts'
import type { Identity, SpiffeId } from './types.ts'

const longestId = 2048
const longestTrustDomain = 255
const trustDomainPattern = /^[a-z0-9._-]+$/
const segmentPattern = /^[a-zA-Z0-9._-]+$/
const kinds: ReadonlySet<string> = new Set(['service', 'gateway', 'control', 'operator'])

/**
 * Reads a SPIFFE ID (SPIFFE-ID specification, section 2) of the form that Plimsoll gives: `spiffe://<trust domain>/<kind>/<name>`.
 * @throws {IdentityRefusal} `SPIFFE_ID`
 */
export function parseSpiffeId(text: string): Identity {
  const rest = text.length <= longestId && text.startsWith('spiffe://') ? text.slice('spiffe://'.length) : ''
  const [trustDomain = '', kind = '', name = '', ...more] = rest.split('/')
  const wellFormed =
    more.length === 0 &&
    isTrustDomain(trustDomain) &&
    kinds.has(kind) &&
    segmentPattern.test(name) &&
    name !== '.' &&
    name !== '..'
  if (!wellFormed) throw new IdentityRefusal('SPIFFE_ID', 'this is no SPIFFE ID of a workload or an operator')
  return { id: text as SpiffeId, trustDomain, kind: kind as Identity['kind'], name }
}

/** The SPIFFE ID of a name in a trust domain; refuses what `parseSpiffeId` refuses. */
export function spiffeId(trustDomain: string, kind: Identity['kind'], name: string): SpiffeId {
  return parseSpiffeId(`spiffe://${trustDomain}/${kind}/${name}`).id
}

/** A trust domain name: lower-case letters, digits, dots, hyphens, underscores (SPIFFE-ID specification, section 2.1). */
export function isTrustDomain(text: string): boolean {
  return text.length <= longestTrustDomain && trustDomainPattern.test(text)
}
