import { createResumeSecret, hashOfResumeSecret, type Adopted, type JsonLines } from '@plimsoll/service'
import type { ProcessOptions, WorkloadProcess } from '../process.ts'
import { adoptProcess } from './adopted-process.ts'
import type { RunningRecord, RunningRecords } from './records.ts'

/** A process that has come back, and has proven that it is the one of its record. */
export class Survivor {
  readonly record: RunningRecord
  readonly #lines: JsonLines
  readonly #records: RunningRecords
  readonly #hash: string

  /** @param hash of the secret that it has shown */
  constructor(parts: { record: RunningRecord; lines: JsonLines; records: RunningRecords; hash: string }) {
    this.record = parts.record
    this.#lines = parts.lines
    this.#records = parts.records
    this.#hash = parts.hash
  }

  /**
   * Takes it: it is told whom to believe and the secret for the next time. Both that and the one before are good until it has said that it
   * has the new one: whoever is killed in between can still come back.
   */
  adopt(
    options: Pick<ProcessOptions, 'drainMs' | 'onMessage'>,
    facts: Pick<Adopted, 'trust' | 'challenge'>,
  ): WorkloadProcess {
    const secret = createResumeSecret()
    const hash = hashOfResumeSecret(secret)
    this.#records.put({ ...this.record, hashes: [this.#hash, hash] })
    const { onMessage } = options
    const adopted = adoptProcess(this.record, this.#lines, {
      ...options,
      onMessage: (message) => {
        if (message.type === 'resume-taken') this.#records.put({ ...this.record, hashes: [hash] })
        else onMessage(message)
      },
    })
    void adopted.ended.then(() => this.#records.remove(this.record.id))
    void this.#lines.send({ type: 'adopted', secret, ...facts } satisfies Adopted)
    return adopted
  }

  /** Nobody wants it any more: it finishes what runs. */
  async end(drainMs: number): Promise<void> {
    const adopted = adoptProcess(this.record, this.#lines, { drainMs, onMessage: () => undefined })
    await adopted.drain()
    this.#records.remove(this.record.id)
  }

  /** The control plane does not start after all: it goes on alone. */
  letGo(): void {
    this.#lines.close()
  }
}
