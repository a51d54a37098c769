import type { IncomingHttpHeaders } from 'node:http'
import { createApiKeyIndex } from '@plimsoll/identity'
import type { GatewayConsumer } from './configuration.ts'
import { GatewayRefusal } from './errors.ts'
import type { Route } from './routes.ts'

/** Who asks: a consumer that proved it, somebody without a key, or somebody with a key that is none. */
export type Party =
  | { readonly kind: 'consumer'; readonly consumer: GatewayConsumer }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'impostor' }

/** Tells consumers apart by their keys. */
export interface Credentials {
  /** Reads the header `authorization` (RFC 6750, section 2.1); a key anywhere else is no key. */
  identify(headers: IncomingHttpHeaders): Party
}

const bearer = /^Bearer +([A-Za-z0-9_-]{1,256})$/i

export function createCredentials(consumers: readonly GatewayConsumer[]): Credentials {
  const index = createApiKeyIndex(consumers.map(({ record }) => record))
  const byName = new Map(consumers.map((consumer) => [consumer.record.consumer, consumer]))
  return {
    identify({ authorization }) {
      if (authorization === undefined) return { kind: 'anonymous' }
      // A malformed header takes the same way as a wrong key, so that the two cannot be told apart.
      const name = index.find(bearer.exec(authorization)?.[1] ?? '')
      const consumer = name === undefined ? undefined : byName.get(name)
      return consumer === undefined ? { kind: 'impostor' } : { kind: 'consumer', consumer }
    },
  }
}

/**
 * Lets a party through to what is public, or refuses it.
 * @throws {GatewayRefusal} `UNAUTHENTICATED` also there where a key is wrong: who shows one wants to be known.
 */
export function permitPublic<Public>(party: Party, open: Public): Public {
  if (party.kind === 'impostor')
    throw unauthenticated('The key is not valid.', 'Bearer error="invalid_token"')
  return open
}

/**
 * Lets a party through to an operation, or refuses it.
 * @returns the consumer on whose behalf the call runs; undefined for a public operation without a key.
 * @throws {GatewayRefusal} `UNAUTHENTICATED`, `USE_NOT_DECLARED`, `SCOPE_MISSING`
 */
export function permit(party: Party, route: Route): GatewayConsumer | undefined {
  const { access, scopes } = permitPublic(party, route.operation)
  if (party.kind !== 'consumer') {
    if (access === 'public' && scopes.length === 0) return undefined
    throw unauthenticated('Send a key in the header authorization: Bearer plk_….', 'Bearer')
  }
  const { consumer } = party
  if (access !== 'public' && !consumer.uses.includes(route.id)) {
    throw new GatewayRefusal('USE_NOT_DECLARED', `The consumer does not declare that it uses ${route.id}.`)
  }
  const missing = scopes.filter((scope) => !consumer.scopes.includes(scope))
  if (missing.length === 0) return consumer
  throw new GatewayRefusal('SCOPE_MISSING', `The key does not hold: ${missing.join(', ')}.`, {
    headers: {
      'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`,
    },
  })
}

function unauthenticated(detail: string, challenge: string): GatewayRefusal {
  return new GatewayRefusal('UNAUTHENTICATED', detail, { headers: { 'www-authenticate': challenge } })
}
