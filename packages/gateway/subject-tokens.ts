import { systemClock, type Clock } from '@plimsoll/base'
import { signSubjectToken, type SigningKey, type SpiffeId } from '@plimsoll/identity'
import type { GatewayConfiguration, GatewayConsumer, Reach } from './configuration.ts'
import type { Route } from './routes.ts'

/** So long one token serves for the same consumer and operation: services verify it once for each connection. */
const reusedMs = 60_000
/** Calls that outlive this go on, but call nobody on the subject's behalf any more. */
const longestCallMs = 3_600_000
const mostRemembered = 10_000

export interface SubjectTokensOptions {
  /** Made in this process; its public part is known to all that serve. */
  readonly key: SigningKey
  /** This gateway. */
  readonly issuer: SpiffeId
  readonly clock?: Clock
}

interface Made {
  readonly token: string
  readonly reusedUntil: number
}

/**
 * Makes the tokens that tell services on whose behalf they work. What came over the network, the key of the consumer, goes no further
 * than here. A token is narrow: it is good in the services that the vetted architecture lets the operation reach, for the scopes that are
 * asked for there, for as long as the operation may take.
 */
export class SubjectTokens {
  readonly #options: Required<SubjectTokensOptions>
  readonly #made = new Map<string, Made>()
  #configuration: GatewayConfiguration | undefined

  constructor({ clock = systemClock, ...options }: SubjectTokensOptions) {
    this.#options = { ...options, clock }
  }

  tokenFor(consumer: GatewayConsumer, route: Route, configuration: GatewayConfiguration): string {
    // Another configuration may reach further, or less far, and the consumer may hold other scopes.
    if (configuration !== this.#configuration) this.#made.clear()
    this.#configuration = configuration
    const now = this.#options.clock.now()
    const name = `${consumer.record.id} ${route.id}`
    const known = this.#made.get(name)
    if (known !== undefined && now < known.reusedUntil) return known.token
    const token = this.#make(consumer, route, reachOf(route, configuration), now)
    if (this.#made.size >= mostRemembered) this.#made.clear()
    this.#made.set(name, { token, reusedUntil: now + reusedMs })
    return token
  }

  #make({ record, scopes }: GatewayConsumer, { operation }: Route, reach: Reach, now: number): string {
    const { key, issuer } = this.#options
    const lifeMs = reusedMs + Math.min(operation.deadlineMs, longestCallMs)
    return signSubjectToken(
      {
        iss: issuer,
        sub: record.consumer,
        aud: reach.audience,
        scope: scopes.filter((scope) => reach.scopes.includes(scope)).join(' '),
        key: record.id,
        iat: Math.floor(now / 1_000),
        exp: Math.ceil((now + lifeMs) / 1_000),
      },
      key,
    )
  }
}

/** Without a word about it, no further than to the operation itself. */
function reachOf({ id, service, operation }: Route, { reach = {} }: GatewayConfiguration): Reach {
  const known = Object.hasOwn(reach, id) ? reach[id] : undefined
  return known ?? { audience: [service], scopes: operation.scopes }
}
