import type { Logger } from '@plimsoll/service'
import { endStranded } from './adopted-process.ts'
import { markOf } from './process-mark.ts'
import { recall } from './recall.ts'
import type { RunningRecord, RunningRecords } from './records.ts'
import type { Survivor } from './survivor.ts'

/** All that an earlier control plane has started and that has come back to this one, until somebody takes it. */
export class Survivors {
  #all: readonly Survivor[] = []

  get size(): number {
    return this.#all.length
  }

  /**
   * Calls back what runs. What does not come in time, or never took calls, is ended; what is not the process of its record any more is left
   * alone.
   */
  async gather(records: RunningRecords, logger: Logger, timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs)
    const found = await Promise.all(
      records.all().map(async (record) => {
        const { id, pid, mark, address, service, index } = record
        const alive = markOf(pid) === mark
        const survivor = alive && address !== undefined ? await recall(record, records, signal) : undefined
        if (survivor !== undefined) return survivor
        if (alive) logger.write('warn', 'replica not adopted', { instance: `${service}/${index}`, pid })
        await endStranded(record)
        records.remove(id)
        return undefined
      }),
    )
    this.#all = found.filter((survivor) => survivor !== undefined)
  }

  /** The newest that was started with exactly this; it is taken. */
  take(spec: string, index: number): Survivor | undefined {
    const [taken] = this.#all
      .filter(({ record }) => record.spec === spec && record.index === index)
      .toSorted((one, other) => other.record.startedAt - one.record.startedAt)
    this.#all = this.#all.filter((survivor) => survivor !== taken)
    return taken
  }

  /** All that nobody has taken; they are taken. */
  rest(): readonly Survivor[] {
    const rest = this.#all
    this.#all = []
    return rest
  }

  get records(): readonly RunningRecord[] {
    return this.#all.map(({ record }) => record)
  }
}
