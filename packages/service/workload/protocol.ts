import type { ServiceManifest } from '@plimsoll/contract'

/**
 * What an engine and a process that it started (a replica, the gateway) say to each other over the inherited channel
 * (Node's IPC on a socket pair). The channel itself proves who asks: nobody else holds its other end. Keys never pass it.
 */
export type WorkloadMessage = CertificateRequest | Ready | Pong | Stopped
export type EngineMessage = Bootstrap | CertificateAnswer | SnapshotUpdate | Ping | Drain

/** Workload → engine: a public key to certify, made in the workload. `proof` signs the request with the private key. */
export interface CertificateRequest {
  readonly type: 'certificate-request'
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string
  /** Base64 of the signature over `publicKey`. */
  readonly proof: string
  /** Where given: a server certificate for these DNS names and IP addresses, instead of the workload's identity. */
  readonly names?: readonly string[] | undefined
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
  /** Port 0: any. */
  readonly listen: { readonly host: string; readonly port: number }
  readonly dataFolder: string
  readonly externals: Readonly<Record<string, { readonly url: string }>>
  /** The vetted manifest; the runtime refuses to serve code that declares something else. Absent for the gateway. */
  readonly manifest?: ServiceManifest | undefined
  readonly snapshot: Snapshot
  /** What else this kind of workload needs; the gateway's routes and consumers. Checked by the workload. */
  readonly configuration?: unknown
}

export interface CertificateAnswer {
  readonly type: 'certificate'
  readonly certificateChain: string
  readonly bundle: string
}

export interface SnapshotUpdate {
  readonly type: 'snapshot'
  readonly snapshot: Snapshot
  /** As in the bootstrap, where it changed too. */
  readonly configuration?: unknown
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
}

export interface Endpoint {
  /** `host:port` */
  readonly address: string
  /** `pricing/0` */
  readonly instance: string
}
