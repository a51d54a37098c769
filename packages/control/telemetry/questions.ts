import type { EngineMessage, Read, TelemetryAnswer, Wanted } from '@plimsoll/service'
import { parseTold } from './told.ts'

/** A process that does not answer within this time, in milliseconds, is left out. */
const answerMs = 2_000
const mostOpen = 8

type Told = Omit<Read, 'resource'>

/** Asks one process what it has seen. It answers once, in time, in the right shape, or not at all. */
export class Questions {
  readonly #send: (message: EngineMessage) => void
  readonly #open = new Map<number, (told: Told | undefined) => void>()
  #last = 0

  constructor(send: (message: EngineMessage) => void) {
    this.#send = send
  }

  ask({ since, metrics }: Wanted): Promise<Told | undefined> {
    if (this.#open.size >= mostOpen) return Promise.resolve(undefined)
    const id = (this.#last += 1)
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, undefined), answerMs)
      this.#open.set(id, (told) => {
        clearTimeout(timer)
        resolve(told)
      })
      this.#send({ type: 'telemetry-request', id, since, metrics })
    })
  }

  hear({ id, told }: TelemetryAnswer): void {
    if (this.#open.has(id)) this.#settle(id, parseTold(told))
  }

  /** The process has ended. */
  close(): void {
    for (const id of this.#open.keys()) this.#settle(id, undefined)
  }

  #settle(id: number, told: Told | undefined): void {
    const settle = this.#open.get(id)
    this.#open.delete(id)
    settle?.(told)
  }
}
