import type { ReplicaLimits } from './isolation/control-groups.ts'

/** How long the local engine waits, in milliseconds, and how often it tries. */
export interface LocalBounds {
  /** From the start of a process until it takes calls. */
  readonly startMs: number
  /** From the word to end until it is killed. */
  readonly drainMs: number
  readonly pingMs: number
  /** For what outlived an earlier control plane to come back: whoever is not stuck needs a second or two. */
  readonly comeBackMs: number
  /** Pings without an answer, after which a process counts as stuck. */
  readonly mostMissed: number
  /** Pauses before a process that died is started again: they double. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** Up this long, a process counts as healthy again. */
  readonly healthyMs: number
  /** Deaths in a row, after which it counts as one that always dies. */
  readonly quickDeaths: number
  /** Certificates that one replica gets within a minute: signing is the control plane's work, not a service's to waste. */
  readonly mostCertificates: number
  /** What one replica may take. */
  readonly limits: ReplicaLimits
}

export const localBounds: LocalBounds = {
  startMs: 30_000,
  drainMs: 20_000,
  pingMs: 2_000,
  comeBackMs: 10_000,
  mostMissed: 5,
  firstPauseMs: 100,
  longestPauseMs: 10_000,
  healthyMs: 60_000,
  quickDeaths: 5,
  mostCertificates: 20,
  limits: { memoryMiB: 512, processes: 64, storageMiB: 1_024 },
}
