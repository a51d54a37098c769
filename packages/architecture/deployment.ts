import { canonicalJson, type Digest, type Place } from '@plimsoll/base'
import type { Operation, ServiceManifest } from '@plimsoll/contract'
import { defaultDataClasses } from './model.ts'
import type { RolloutSettings } from './rollout-policy.ts'

/** Severity of a finding, from the worst. */
export type Severity = 'critical' | 'high' | 'medium' | 'low'

export interface ServiceSettings {
  /** The service's entry module, relative to the configuration; its export `service` is the service. */
  readonly entry: string
  /** How many processes serve it. Default 1. */
  readonly replicas?: number
  readonly zone?: string
  readonly owner?: string
  /** Names of stores (of `stores`) that it keeps data in. */
  readonly stores?: readonly string[]
}

export interface StoreSettings {
  /** Such as `sqlite`. */
  readonly technology: string
  readonly zone?: string
  /** Copies that take over from each other. Default 1. */
  readonly replicas?: number
}

export interface ConsumerSettings {
  /** Operations that it uses. */
  readonly uses: readonly Operation[]
  readonly scopes?: readonly string[]
  /** Highest data class that it may receive. Default `internal`. */
  readonly receives?: string
}

export interface ExternalSettings {
  /** Where it is, such as `https://payments.example`. */
  readonly url: string
  /** Highest data class that may be sent there. Default `public`. */
  readonly receives?: string
}

export interface ZoneSettings {
  /** Highest data class that may be in it. */
  readonly clearance: string
}

export interface GatewaySettings {
  /** Port that consumers connect to; 0 takes any free one. Default 8443. */
  readonly port?: number
  /** Address of this machine that it listens at. Default `127.0.0.1`: this machine alone. */
  readonly host?: string
  /** How many processes share the port. Default 1. */
  readonly replicas?: number
  readonly zone?: string
}

export interface Policy {
  /** Findings of this severity and above refuse a candidate. Default `high`. */
  readonly failOn?: Severity
  /** True: operators of this installation may call operations with `plimsoll call`. Default false. */
  readonly operatorCalls?: boolean
}

export interface PolicySettings extends Policy {
  /** How a release takes over from the one before it. Default: at once. */
  readonly rollout?: RolloutSettings
}

/** What of the calls is told to whom. Variables of OpenTelemetry's specification in the environment of `plimsoll up` count before it. */
interface TelemetrySettings {
  /** Where spans and metrics are sent to by OTLP over HTTP, such as `http://127.0.0.1:4318`. Nowhere where absent. */
  readonly endpoint?: string
  /** Share of the chains of calls whose spans are sent, 0 to 1. Default 1. */
  readonly sampling?: number
}

/** An accepted finding. */
export interface Waiver {
  /** Id of the rule. */
  readonly rule: string
  /** Id of the component, operation or call that the finding is about. */
  readonly subject: string
  readonly owner: string
  readonly reason: string
  /** Last day of validity, `YYYY-MM-DD`. */
  readonly expires: string
}

/** The architecture as code: what `plimsoll.config.ts` exports as `architecture`. */
export interface ArchitectureSettings {
  readonly name: string
  readonly services: Readonly<Record<string, ServiceSettings>>
  readonly stores?: Readonly<Record<string, StoreSettings>>
  readonly consumers?: Readonly<Record<string, ConsumerSettings>>
  readonly externals?: Readonly<Record<string, ExternalSettings>>
  readonly zones?: Readonly<Record<string, ZoneSettings>>
  /** All data classes, from the least to the most sensitive. */
  readonly dataClasses?: readonly string[]
  readonly gateway?: GatewaySettings
  readonly policy?: PolicySettings
  readonly telemetry?: TelemetrySettings
  readonly waivers?: readonly Waiver[]
}

/** What is to run, as data: the settings with defaults filled, and each service's release by digest. */
export interface Deployment {
  readonly format: 'plimsoll/deployment/1'
  readonly name: string
  readonly services: Readonly<Record<string, ServiceDeployment>>
  readonly stores: Readonly<
    Record<string, Required<Omit<StoreSettings, 'zone'>> & { readonly zone?: string | undefined }>
  >
  readonly consumers: Readonly<Record<string, ConsumerDeployment>>
  readonly externals: Readonly<Record<string, Required<ExternalSettings>>>
  readonly zones: Readonly<Record<string, ZoneSettings>>
  readonly dataClasses: readonly string[]
  readonly gateway: {
    readonly port: number
    readonly host: string
    readonly replicas: number
    readonly zone?: string | undefined
  }
  readonly policy: Required<Policy> & { readonly rollout?: RolloutSettings | undefined }
  readonly waivers: readonly Waiver[]
  readonly telemetry?: TelemetrySettings | undefined
  /** Places in the configuration: `services.pricing`, `services.pricing.replicas`, `consumers.storefront.scopes`. */
  readonly evidence: Readonly<Record<string, Place>>
}

export interface ServiceDeployment {
  readonly release: Digest
  readonly replicas: number
  readonly zone?: string | undefined
  readonly owner?: string | undefined
  readonly stores: readonly string[]
}

export interface ConsumerDeployment {
  /** `service.operation` */
  readonly uses: readonly string[]
  readonly scopes: readonly string[]
  readonly receives: string
}

/** What the architecture needs to know of a release. */
export interface ReleaseFacts {
  readonly digest: Digest
  readonly manifest: ServiceManifest
}

const defaultPort = 8443

/**
 * What is to run: the settings with defaults filled, and the digest of each service's release.
 * @param releases service → digest, for every service of the settings
 * @param places where in the configuration each setting stands
 */
export function deploymentOf(
  settings: ArchitectureSettings,
  releases: Readonly<Record<string, Digest>>,
  places: Readonly<Record<string, Place>> = {},
): Deployment {
  const { gateway = {}, policy = {} } = settings
  return {
    format: 'plimsoll/deployment/1',
    name: settings.name,
    services: mapValues(settings.services, (service, name) => serviceOf(service, releases[name])),
    stores: mapValues(settings.stores, (store) => ({ replicas: 1, ...store })),
    consumers: mapValues(settings.consumers, consumerOf),
    externals: mapValues(settings.externals, (external) => ({ receives: 'public', ...external })),
    zones: mapValues(settings.zones, (zone) => zone),
    dataClasses: settings.dataClasses ?? defaultDataClasses,
    gateway: {
      port: gateway.port ?? defaultPort,
      host: gateway.host ?? '127.0.0.1',
      replicas: gateway.replicas ?? 1,
      ...optional('zone', gateway.zone),
    },
    policy: {
      failOn: policy.failOn ?? 'high',
      operatorCalls: policy.operatorCalls ?? false,
      ...optional('rollout', policy.rollout),
    },
    waivers: settings.waivers ?? [],
    ...optional('telemetry', settings.telemetry),
    evidence: places,
  }
}

function serviceOf(settings: ServiceSettings, release: Digest | undefined): ServiceDeployment {
  if (release === undefined) throw new TypeError('a service without a release')
  const { replicas = 1, stores = [], zone, owner } = settings
  return { release, replicas, stores, ...optional('zone', zone), ...optional('owner', owner) }
}

function consumerOf({ uses, scopes = [], receives = 'internal' }: ConsumerSettings): ConsumerDeployment {
  return { uses: uses.map(({ service, name }) => `${service}.${name}`), scopes, receives }
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>> | undefined,
  map: (value: From, key: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, map(value, key)]))
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value }
}

/** Services that the next deployment brings or changes, in their order. */
export function changedServices(next: Deployment, running: Deployment | undefined): readonly string[] {
  return Object.keys(next.services).filter(
    (name) => canonicalJson(next.services[name]) !== canonicalJson(running?.services[name] ?? null),
  )
}
