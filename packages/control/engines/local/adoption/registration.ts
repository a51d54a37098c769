import { digestOfJson, systemClock, type Json } from '@plimsoll/base'
import { createResumeSecret, hashOfResumeSecret, type Resume } from '@plimsoll/service'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { WorkloadSpec } from '../../engine.ts'
import { openSocketFolder } from '../isolation/socket-folders.ts'
import { markOf } from './process-mark.ts'
import type { RunningRecord, RunningRecords } from './records.ts'

/** Writes one process down before its program can begin, so that a control plane that is killed at any moment leaves none unknown. */
export class Registration {
  /** How the process comes back. */
  readonly resume: Resume
  /** To be shown to its sandbox. */
  readonly folder: string
  readonly #records: RunningRecords
  #record: RunningRecord | undefined

  constructor(records: RunningRecords) {
    const id = randomBytes(8).toString('hex')
    this.#records = records
    this.resume = { id, path: records.socketOf(id), secret: createResumeSecret() }
    this.folder = openSocketFolder(dirname(this.resume.path))
  }

  /** @param groups folders of its control groups */
  spawned(
    pid: number,
    { spec, index, groups }: { spec: WorkloadSpec; index: number; groups: readonly string[] },
  ): void {
    const { id, path, secret } = this.resume
    const mark = markOf(pid)
    // It has ended already, which is told where its end is waited for.
    if (mark === undefined) return
    this.#put({
      id,
      service: spec.service,
      index,
      spec: specDigest(spec),
      release: spec.release?.digest,
      pid,
      mark,
      startedAt: systemClock.now(),
      listen: spec.listen,
      socket: path,
      hashes: [hashOfResumeSecret(secret)],
      groups,
    })
  }

  ready(address: string): void {
    if (this.#record !== undefined) this.#put({ ...this.#record, address })
  }

  ended(): void {
    this.#record = undefined
    this.#records.remove(this.resume.id)
  }

  #put(record: RunningRecord): void {
    this.#records.put(record)
    this.#record = record
  }
}

/** Of all that a process is started with: where it is the same, the process is as good as a new one. */
export function specDigest(spec: WorkloadSpec): string {
  // How many there are is not what one of them is.
  return digestOfJson(JSON.parse(JSON.stringify({ ...spec, replicas: 1 })) as Json)
}
