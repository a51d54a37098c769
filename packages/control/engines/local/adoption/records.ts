import { keepPrivateFile, openPrivateFolder, readPrivateFile } from '@plimsoll/identity'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** One process that was started, as it is found again after the control plane was killed. */
export interface RunningRecord {
  /** Of this process and no other. */
  readonly id: string
  readonly service: string
  readonly index: number
  /** Digest of all that it was started with: whoever wants the same can have this one. */
  readonly spec: string
  /** Digest of the release; absent for the gateway. */
  readonly release?: string | undefined
  readonly pid: number
  /** What tells it from another process with the same id. */
  readonly mark: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Where it takes calls; absent before it does. */
  readonly address?: string | undefined
  /** The port that it was told to listen at, where it was told one. */
  readonly listen?: { readonly host: string; readonly port: number } | undefined
  /** The socket over which it comes back; follows from the id. */
  readonly socket: string
  /** SHA-256 of the secrets with which it may: of the last that it was given, and of the one before until it has that. */
  readonly hashes: readonly string[]
  /** Folders of its control groups. */
  readonly groups: readonly string[]
}

/**
 * What runs, one file for each process. It has to outlast the control plane, not the machine: with the machine, the processes are gone, and
 * a record of another boot is of none.
 */
export class RunningRecords {
  readonly #folder: string
  readonly #socketOf: (id: string) => string

  /** @param socketOf path of the socket of a process */
  constructor(folder: string, socketOf: (id: string) => string) {
    openPrivateFolder(folder)
    this.#socketOf = socketOf
    this.#folder = folder
  }

  /** All that can be read; what cannot is of no process that could be found. */
  all(): readonly RunningRecord[] {
    return readdirSync(this.#folder)
      .filter((name) => /^[0-9a-f]{16}\.json$/.test(name))
      .flatMap((name) => this.#read(name) ?? [])
  }

  socketOf(id: string): string {
    return this.#socketOf(id)
  }

  put(record: RunningRecord): void {
    keepPrivateFile(this.#path(record.id), JSON.stringify(record))
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true })
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`)
  }

  #read(name: string): RunningRecord | undefined {
    try {
      const value: unknown = JSON.parse(readPrivateFile(join(this.#folder, name)) ?? 'null')
      if (!isRecord(value) || `${value.id}.json` !== name) return undefined
      // What lies in a file names no folder that is taken away later.
      return { ...value, socket: this.#socketOf(value.id) }
    } catch {
      return undefined
    }
  }
}

function isRecord(value: unknown): value is RunningRecord {
  if (typeof value !== 'object' || value === null) return false
  const { id, service, index, spec, pid, mark, startedAt, address, hashes, groups } =
    value as Partial<RunningRecord>
  const texts = [id, service, spec, mark, address ?? ''].every((text) => typeof text === 'string')
  const numbers = [index, pid, startedAt].every((number) => Number.isSafeInteger(number))
  return texts && numbers && [hashes, groups].every(isTexts) && (pid ?? 0) > 1
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}
