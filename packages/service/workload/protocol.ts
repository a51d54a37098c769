import type { ServiceManifest } from '@plimsoll/contract'
import type { TrustState } from '@plimsoll/identity'
import type { Read, Wanted } from '../telemetry/reading.ts'
import type { ListenPlace } from '../transport/address.ts'
import type { Resume } from './resume.ts'

/**
 * What an engine and a process that it started (a replica, the gateway) say to each other over the inherited channel
 * (Node's IPC on a socket pair). The channel itself proves who asks: nobody else holds its other end. Keys never pass it. A process that
 * has outlived its engine goes on over a Unix socket to the next one, after both have proven who they are (`resume.ts`).
 */
export type WorkloadMessage =
  | CertificateRequest
  | Trusts
  | SubjectKeyOffer
  | Ready
  | TelemetryAnswer
  | Pong
  | Stopped
  | ResumeTaken
  | Output
export type EngineMessage =
  | Bootstrap
  | CertificateAnswer
  | TrustUpdate
  | SubjectKeyTaken
  | SnapshotUpdate
  | TelemetryRequest
  | Ping
  | Drain
  | Adopted

/**
 * Workload → engine: a public key to certify, made in the workload. `proof` signs the request with the private key, for the challenge
 * that the engine gave last; each is good once.
 */
export interface CertificateRequest {
  readonly type: 'certificate-request'
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string
  /** Base64 of the signature over challenge and `publicKey`. */
  readonly proof: string
  /** Where given: a server certificate for these DNS names and IP addresses, instead of the workload's identity. */
  readonly names?: readonly string[] | undefined
}

/** Workload → engine: what it believes and holds now, after each change. */
export interface Trusts {
  readonly type: 'trusts'
  /** Of the newest trust that it took. */
  readonly epoch: number
  /** Ids of the authorities that issued the certificates that it uses. */
  readonly authorities: readonly string[]
}

/** Gateway → engine: a key that will sign tokens about subjects, Ed25519, SubjectPublicKeyInfo, PEM. */
interface SubjectKeyOffer {
  readonly type: 'subject-key'
  readonly publicKey: string
}

/** Engine → gateway: all that serve know the key now. */
interface SubjectKeyTaken {
  readonly type: 'subject-key-taken'
  readonly publicKey: string
}

/** Workload → engine: serving. */
export interface Ready {
  readonly type: 'ready'
  /** `host:port` */
  readonly address: string
}

/** Workload → engine: will not serve. Last message before it ends by itself. */
export interface Stopped {
  readonly type: 'stopped'
  readonly reason: string
}

/** Engine → workload, first message: who you are and what you may do. */
export interface Bootstrap {
  readonly type: 'bootstrap'
  /** `pricing/0` */
  readonly instance: string
  readonly trustDomain: string
  readonly listen: ListenPlace
  readonly dataFolder: string
  readonly externals: Readonly<Record<string, { readonly url: string }>>
  /** The vetted manifest; the runtime refuses to serve code that declares something else. Absent for the gateway. */
  readonly manifest?: ServiceManifest | undefined
  readonly snapshot: Snapshot
  /** Whom to believe. */
  readonly trust?: TrustState | undefined
  /** For the first certificate. */
  readonly challenge?: string | undefined
  /** What else this kind of workload needs; the gateway's routes and consumers. Checked by the workload. */
  readonly configuration?: unknown
  /** Where given, the process outlives its engine and comes back to the next one. */
  readonly resume?: Resume | undefined
}

/** Engine → workload that came back, first message: the channel of this engine is in the place of the one before. */
export interface Adopted {
  readonly type: 'adopted'
  /** For the next time; the one before is good until the workload has said that it has this one. */
  readonly secret: string
  readonly trust: TrustState
  /** For the next certificate. */
  readonly challenge: string
}

/** Workload → engine: has the new secret. */
interface ResumeTaken {
  readonly type: 'resume-taken'
}

/** Workload → engine: what it has written, where the engine does not hold the other end of its output. */
interface Output {
  readonly type: 'output'
  readonly text: string
}

export interface CertificateAnswer {
  readonly type: 'certificate'
  readonly certificateChain: string
  readonly bundle: string
  /** Which authority issued it. */
  readonly authority?: string | undefined
  /** For the next certificate. */
  readonly challenge?: string | undefined
}

/** Engine → workload: whom to believe from now on. */
interface TrustUpdate {
  readonly type: 'trust'
  readonly trust: TrustState
}

export interface SnapshotUpdate {
  readonly type: 'snapshot'
  readonly snapshot: Snapshot
  /** As in the bootstrap, where it changed too. */
  readonly configuration?: unknown
}

/** Engine → workload: tell what you have seen. */
interface TelemetryRequest extends Wanted {
  readonly type: 'telemetry-request'
  /** Comes back with the answer. */
  readonly id: number
}

/** Workload → engine: what it has seen. */
export interface TelemetryAnswer {
  readonly type: 'telemetry'
  readonly id: number
  readonly told: Read
}

/** Engine → workload: are you there? Not answered by a process whose event loop is stuck. */
export interface Ping {
  readonly type: 'ping'
}

/** Workload → engine: yes. */
export interface Pong {
  readonly type: 'pong'
}

/** Engine → workload: finish what runs, refuse the new, end. */
export interface Drain {
  readonly type: 'drain'
}

/** What a workload knows of the others: pushed on every change, complete each time. */
export interface Snapshot {
  /** Grows with each change. */
  readonly revision: number
  readonly endpoints: Readonly<Record<string, readonly Endpoint[]>>
  /** Who may call the receiving workload's operations: operation → SPIFFE IDs. Nobody where absent. */
  readonly callers: Readonly<Record<string, readonly string[]>>
  /** Share of the chains of calls whose spans are exported, 0 to 1. Default 1. */
  readonly sampling?: number | undefined
}

export interface Endpoint {
  /** `host:port` */
  readonly address: string
  /** `pricing/0` */
  readonly instance: string
  /** Digest of its release; there while two releases of the service run side by side. */
  readonly release?: string | undefined
  /** Part of the service's calls that its release gets, 0 to 1; the same at every endpoint of a release. */
  readonly weight?: number | undefined
}
