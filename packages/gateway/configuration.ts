import { canonicalJson, InvalidInput, type Problem } from '@plimsoll/base'
import type { ContractDocument } from '@plimsoll/contract'
import { compileSchema } from '@plimsoll/contract/validate'
import type { ApiKeyRecord } from '@plimsoll/identity'
import { configurationSchema } from './configuration-schema.ts'
import type { ConfigurationCode } from './errors.ts'
import type { RateLimit } from './rate.ts'

/** All that the gateway is told; complete each time, never changed in place. A new object is a new configuration. */
export interface GatewayConfiguration {
  /** Contracts of what runs; only operations with access `consumers` or `public` are routed. */
  readonly contracts: readonly ContractDocument[]
  /** One entry a key: a consumer that changes its key has two for a while, with the same permissions. */
  readonly consumers: readonly GatewayConsumer[]
  /** What one address may ask without a key. Default 20 a second, 40 at once. */
  readonly anonymous?: RateLimit | undefined
  /** Requests in work at the same time, of all consumers together. Default 1000. */
  readonly concurrency?: number | undefined
  /** DNS names and IP addresses that the outer certificate is for. Default: this machine's own. */
  readonly names?: readonly string[] | undefined
  /** How far a call of each operation can go, as `service.operation`. Where absent: no further than to the operation's own service. */
  readonly reach?: Readonly<Record<string, Reach>> | undefined
}

/** Where a token about a subject is good, and for which scopes. */
export interface Reach {
  /** Services. */
  readonly audience: readonly string[]
  readonly scopes: readonly string[]
}

export interface GatewayConsumer {
  /** Names the consumer; holds no secret. */
  readonly record: ApiKeyRecord
  readonly scopes: readonly string[]
  /** Operations that the architecture says it uses, as `service.operation`. It may call these and no other. */
  readonly uses: readonly string[]
  /** Its plan. Default 100 requests a second, 200 at once. */
  readonly rate?: RateLimit | undefined
}

let check: ((value: unknown) => readonly Problem[]) | undefined

/**
 * The value, where it is a configuration: for what came over a channel.
 * @throws {InvalidInput} `GATEWAY_CONFIGURATION`, with the field
 */
export function parseGatewayConfiguration(value: unknown): GatewayConfiguration {
  refuse((check ??= compileSchema(configurationSchema))(value))
  const configuration = value as GatewayConfiguration
  refuse(disagreements(configuration.consumers))
  return configuration
}

/** A consumer with two keys has the same permissions with both: which key it shows decides who it is and no more. */
function disagreements(consumers: readonly GatewayConsumer[]): readonly Problem[] {
  const permissions = new Map<string, string>()
  return consumers.flatMap(({ record, ...permission }, at) => {
    const text = canonicalJson(permission)
    const first = permissions.get(record.consumer) ?? text
    permissions.set(record.consumer, first)
    if (first === text) return []
    return [
      {
        message: `the keys of ${record.consumer} have different permissions`,
        place: { field: `consumers.${at}` },
        fix: 'give all keys of one consumer the same scopes, uses and rate',
      },
    ]
  })
}

function refuse([problem, ...others]: readonly Problem[]): void {
  if (problem === undefined) return
  throw new InvalidInput<ConfigurationCode>('GATEWAY_CONFIGURATION', [problem, ...others])
}
