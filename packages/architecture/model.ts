import type { Digest, Place } from '@plimsoll/base'

/** The source of one fact: a place in a file, or observed traffic. */
export interface Evidence extends Place {
  /** How it is known. Default `declared`. `inferred`: concluded from something declared, such as a technology from an image. */
  readonly how?: 'declared' | 'inferred' | 'observed' | undefined
}

/** Something known, and from where. A fact that is absent is unknown, which is neither true nor false. */
export interface Fact<T> {
  readonly value: T
  readonly evidence: Evidence
}

export const componentKinds = [
  'service',
  'store',
  'broker',
  'gateway',
  'cache',
  'identity-provider',
  'registry',
  'configuration',
  'secret-store',
  'scheduler',
  'monitoring',
  'external',
  'client',
] as const
export type ComponentKind = (typeof componentKinds)[number]

/** A port that can be reached from outside of the architecture. */
export interface PublishedPort {
  readonly port: string
  /** Address that it is bound to; unknown means every address. */
  readonly address?: string | undefined
}

/** Walls around a running component; each absent member is unknown. */
export interface Hardening {
  readonly privileged?: Fact<boolean> | undefined
  /** Can command the container engine, and with it the host. */
  readonly engineSocket?: Fact<boolean> | undefined
  readonly hostNetwork?: Fact<boolean> | undefined
  readonly hostPid?: Fact<boolean> | undefined
  readonly hostIpc?: Fact<boolean> | undefined
  /** Paths of the host that are mounted, the engine's socket apart. */
  readonly hostPaths?: Fact<readonly string[]> | undefined
  /** The process runs as user 0. */
  readonly root?: Fact<boolean> | undefined
  /** A process may gain more rights than its parent has (setuid). */
  readonly escalation?: Fact<boolean> | undefined
  readonly capabilitiesAdded?: Fact<readonly string[]> | undefined
  readonly capabilitiesDropped?: Fact<readonly string[]> | undefined
  /** The root file system can be written. */
  readonly writableRoot?: Fact<boolean> | undefined
  /** False: system calls are not filtered. */
  readonly seccomp?: Fact<boolean> | undefined
  /** Each limit as the files write it, such as `500m`, `256Mi`; a value of false: there is none. */
  readonly processorLimit?: Fact<string | false> | undefined
  readonly memoryLimit?: Fact<string | false> | undefined
  readonly processLimit?: Fact<string | false> | undefined
  readonly storageLimit?: Fact<string | false> | undefined
  /** Name of the account that it has towards its platform. */
  readonly serviceAccount?: Fact<string> | undefined
  /** The account's credential is mounted into it. */
  readonly accountToken?: Fact<boolean> | undefined
}

/** A question that the platform asks a replica about itself. */
export interface HealthCheck {
  /** What is asked, such as `GET :8080/healthz` or a command line. */
  readonly question: string
  /** Components that answering calls; known only where the files say so. */
  readonly asks?: readonly string[] | undefined
}

/** How a change replaces replicas. */
export interface UpdateStrategy {
  readonly strategy: 'recreate' | 'rolling'
  /** Replicas that may be away meanwhile: a number or a percentage, as written. */
  readonly maxUnavailable?: string | undefined
  readonly maxSurge?: string | undefined
}

/** Where data lies that outlives a process. */
export interface Volume {
  readonly name: string
  /** `ephemeral` goes with the replica, `host` lies on one machine, `persistent` is the platform's. */
  readonly kind: 'ephemeral' | 'host' | 'persistent'
}

/**
 * What a component does beside its work, as far as it is known: true, false, or absent, which is unknown. Names are those of
 * the rules that ask for them.
 */
export const traits = [
  /** Asks callers who they are. */
  'authenticates',
  /** Decides what callers may do. */
  'authorises',
  /** Logs people in. */
  'login',
  /** Bounds attempts to log in. */
  'login-limit',
  /** Asks administrators for a second factor. */
  'second-factor',
  /** Issues tokens. */
  'issues-tokens',
  /** Checks issuer, audience, algorithm and expiry of tokens. */
  'validates-tokens',
  /** Takes only tokens whose audience it is. */
  'checks-audience',
  /** Turns the token or credential of a caller into its own representation for the inside. */
  'transforms-identity',
  /** Checks who registers (a service registry). */
  'validates-registration',
  /** Has cryptography of its own instead of a vetted library's. */
  'own-cryptography',
  'circuit-breaker',
  'bulkhead',
  'load-balancer',
  'load-shedding',
  'rate-limit',
  /** Writes its own log. */
  'local-log',
  /** Sends its log to a central place. */
  'central-log',
  /** Reaches the central place through a broker or agent, not directly. */
  'log-broker',
  /** Is that central place, or a part of it: takes the logs of others. */
  'log-collector',
  /** Shows people what the system measures or logs. */
  'dashboard',
  /** Takes secrets and personal data out of what it logs. */
  'sanitised-log',
  'tracing',
  'metrics',
  'alarms',
  'audit-log',
  /** Its queues are bounded. */
  'bounded-queue',
  'dead-letter-queue',
  /** Takes over without a person when one replica fails. */
  'failover',
  'backup',
  'encrypted-at-rest',
  /** Answers any web origin with credentials, or any origin at all. */
  'any-origin',
  /** Shows details of errors, debug pages or endpoints. */
  'debug',
  /** Serves people who administer the system. */
  'administration',
] as const
export type Trait = (typeof traits)[number]

/** Something that runs, or that is called, as one part of the architecture. */
export interface Component {
  /** Unique; how people name it. */
  readonly id: string
  readonly kind: Fact<ComponentKind>
  readonly zone?: Fact<string> | undefined
  readonly owner?: Fact<string> | undefined
  readonly technology?: Fact<string> | undefined
  readonly replicas?: Fact<number> | undefined
  /** Hosts or failure domains on which the replicas lie. */
  readonly hosts?: Fact<readonly string[]> | undefined
  /** True: the platform keeps its replicas on different hosts or zones. */
  readonly spread?: Fact<boolean> | undefined
  /** Availability of one replica, 0 to 1. */
  readonly availability?: Fact<number> | undefined
  readonly published?: Fact<readonly PublishedPort[]> | undefined
  /** Ports that it listens at, inside. */
  readonly ports?: Fact<readonly string[]> | undefined
  /** Network segments that it is attached to. */
  readonly networks?: Fact<readonly string[]> | undefined
  /** False: everything inside the architecture may open a connection to it. */
  readonly ingressLimited?: Fact<boolean> | undefined
  /** False: it may open connections to anywhere. */
  readonly egressLimited?: Fact<boolean> | undefined
  readonly hardening?: Hardening | undefined
  /** Reference of its image, as written. */
  readonly image?: Fact<string> | undefined
  /** Names of the containers that run as one unit, where there are several. */
  readonly containers?: Fact<readonly string[]> | undefined
  /** Names of secrets that stand in plain text where the component is declared. Never their values. */
  readonly plainSecrets?: Fact<readonly string[]> | undefined
  /** Names of the platform's secrets that it is given; what several share fails and leaks together. */
  readonly secrets?: Fact<readonly string[]> | undefined
  /** Those of `secrets` that it gets as environment variables. */
  readonly environmentSecrets?: Fact<readonly string[]> | undefined
  readonly certificates?: Fact<readonly string[]> | undefined
  readonly volumes?: Fact<readonly Volume[]> | undefined
  readonly autoscaling?: Fact<{ readonly minimum: number; readonly maximum: number }> | undefined
  /** Replicas that voluntary disruptions leave: numbers or percentages, as written. */
  readonly disruptionBudget?:
    | Fact<{ readonly minAvailable?: string | undefined; readonly maxUnavailable?: string | undefined }>
    | undefined
  readonly update?: Fact<UpdateStrategy> | undefined
  readonly liveness?: Fact<HealthCheck | false> | undefined
  readonly readiness?: Fact<HealthCheck | false> | undefined
  /** Components that it waits for before it starts at all. */
  readonly startsAfter?: Fact<readonly string[]> | undefined
  /** False: nobody starts it again when it ends. */
  readonly restarts?: Fact<boolean> | undefined
  /** Connections that one replica keeps to each store. */
  readonly pool?: Fact<number> | undefined
  /** Connections that a store accepts. */
  readonly connectionLimit?: Fact<number> | undefined
  /** Requests a second that one replica can answer. */
  readonly capacity?: Fact<number> | undefined
  readonly traits?: Readonly<Partial<Record<Trait, Fact<boolean>>>> | undefined
  /** True: the operations and calls that the architecture lists for it are all that it has. */
  readonly complete?: Fact<boolean> | undefined
  /** A client's scopes. */
  readonly scopes?: Fact<readonly string[]> | undefined
  /** Highest data class that a client or an external may receive. */
  readonly receives?: Fact<string> | undefined
  /** Classes of the data that a store keeps, where no operation tells. */
  readonly holds?: Fact<readonly string[]> | undefined
  /** Where an external is. */
  readonly address?: Fact<string> | undefined
  readonly version?: Fact<string> | undefined
  /** Digest of the release that runs. */
  readonly release?: Digest | undefined
  readonly evidence: Evidence
}

/** One thing that a component does on request. */
export interface ArchitectureOperation {
  /** `component.name`. */
  readonly id: string
  readonly component: string
  readonly name: string
  readonly access?: Fact<'services' | 'consumers' | 'public'> | undefined
  readonly scopes?: Fact<readonly string[]> | undefined
  readonly dataIn?: Fact<readonly string[]> | undefined
  readonly dataOut?: Fact<readonly string[]> | undefined
  /** The output has a part that takes any content. */
  readonly openOutput?: Fact<boolean> | undefined
  readonly deadlineMs?: Fact<number> | undefined
  readonly idempotent?: Fact<boolean> | undefined
  readonly objective?: Fact<number> | undefined
  /** It changes nothing (RFC 9110, section 9.2.1). */
  readonly safe?: Fact<boolean> | undefined
  /** Method and path on the outside, such as `GET /quotes/{sku}`. */
  readonly http?: Fact<string> | undefined
  /** How callers prove who they are, such as `api-key`, `oauth2`, `mutual-tls`, `none`. */
  readonly authentication?: Fact<string> | undefined
  /** False: whoever is authenticated may call it. */
  readonly authorised?: Fact<boolean> | undefined
  /** Requests a second that one caller may make; false: there is no limit. */
  readonly rateLimit?: Fact<number | false> | undefined
  /** Requests a second at an entry. */
  readonly load?: Fact<number> | undefined
  readonly evidence: Evidence
}

/** From an operation or a component, to an operation or a component. */
export interface Call {
  /** Id of an operation, or of a component where the operation is not known. */
  readonly from: string
  readonly to: string
  /** Component that carries the call, such as a gateway; without it the call does not arrive. */
  readonly through?: Fact<string> | undefined
  readonly protocol?: Fact<string> | undefined
  readonly encrypted?: Fact<boolean> | undefined
  /** How the caller proves who it is, such as `mutual-tls`, `api-key`, `password`, `none`. */
  readonly authentication?: Fact<string> | undefined
  /** Longest time of one attempt. */
  readonly timeoutMs?: Fact<number> | undefined
  /** How often it is tried, the first time included. */
  readonly attempts?: Fact<number> | undefined
  /** False: the next attempt comes at once. */
  readonly backoff?: Fact<boolean> | undefined
  readonly jitter?: Fact<boolean> | undefined
  /** True: attempts are bounded over all calls, for example to a tenth of the load. */
  readonly retryBudget?: Fact<boolean> | undefined
  /** A circuit breaker, or ejection of replicas that fail. */
  readonly circuitBreaker?: Fact<boolean> | undefined
  /** Its waiting calls cannot take all of the caller's resources. */
  readonly bulkhead?: Fact<boolean> | undefined
  /** Spread over the callee's replicas. */
  readonly balanced?: Fact<boolean> | undefined
  /** False: the callee answers whoever is authenticated. */
  readonly authorised?: Fact<boolean> | undefined
  /** Whose identity the callee sees. */
  readonly carries?: Fact<'nobody' | 'caller' | 'user' | 'caller-and-user'> | undefined
  /** The token that the caller got is handed on as it is. */
  readonly tokenPassedOn?: Fact<boolean> | undefined
  /** The callee checks that the token is meant for it. */
  readonly audienceChecked?: Fact<boolean> | undefined
  /** What the caller does without an answer. */
  readonly fallback?: Fact<string> | undefined
  /** Calls for one request of the caller. Absent: one, as far as is known. */
  readonly perRequest?: Fact<number> | undefined
  /** The address stands in the caller as a host's address, not as a name that can move. */
  readonly hardCoded?: Fact<boolean> | undefined
  /** Calls that were seen in traffic; zero: declared, and not seen though its caller was. */
  readonly observed?: Fact<number> | undefined
  /** False: the caller answers without it. */
  readonly required?: Fact<boolean> | undefined
  readonly synchronous?: Fact<boolean> | undefined
  /** Data classes that are sent along, where the callee's operation does not tell. */
  readonly sends?: Fact<readonly string[]> | undefined
  readonly evidence: Evidence
}

/** A part of the network or of the organisation with one level of trust. */
export interface Zone {
  readonly id: string
  /** Highest data class that may be there; unknown where absent. */
  readonly clearance?: Fact<string> | undefined
  readonly evidence: Evidence
}

/** What one identity may do on the platform. */
export interface Grant {
  /** Account, group or component that holds it. */
  readonly holder: string
  readonly verbs: readonly string[]
  readonly resources: readonly string[]
}

/** Something that is configured beside the components: a policy, a route, a role. */
export interface ConfigurationObject {
  /** `Kind namespace/name`; unique. */
  readonly id: string
  readonly kind: string
  /** Components that it applies to. */
  readonly targets: readonly string[]
  /** References and selectors in it that lead to nothing, as written. */
  readonly dangling?: Fact<readonly string[]> | undefined
  /** What replaces its API version, where that is deprecated or removed. */
  readonly deprecated?: Fact<string> | undefined
  readonly grants?: Fact<readonly Grant[]> | undefined
  /** False: what it refuses gets through anyway; it is only reported, or passes whenever it cannot be asked. */
  readonly enforced?: Fact<boolean> | undefined
  readonly evidence: Evidence
}

/** A segment of the network. */
export interface NetworkSegment {
  readonly id: string
  /** True: it has no way out. */
  readonly internal?: Fact<boolean> | undefined
  readonly evidence: Evidence
}

/** Something that a reader saw and could not use; said once. */
export interface Note {
  readonly message: string
  readonly evidence: Evidence
}

/** Everything that runs together, as one graph. Plain data; lists are sorted by id (calls by from, then to). */
export interface Architecture {
  readonly format: 'plimsoll/architecture/1'
  readonly name: string
  readonly components: readonly Component[]
  readonly operations: readonly ArchitectureOperation[]
  readonly calls: readonly Call[]
  readonly zones: readonly Zone[]
  /** Policies, routes, roles; absent where the format has none. */
  readonly objects?: readonly ConfigurationObject[] | undefined
  readonly networks?: readonly NetworkSegment[] | undefined
  /** From the least to the most sensitive. */
  readonly dataClasses: readonly string[]
  readonly notes: readonly Note[]
}

/** The data classes where a team names none of its own, from the least to the most sensitive. */
export const defaultDataClasses = ['public', 'internal', 'confidential', 'personal', 'secret'] as const
