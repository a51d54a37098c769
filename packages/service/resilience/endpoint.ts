import type { Connection } from '../transport/transport.ts'
import { OutlierRecord } from './outlier.ts'
import { PeakEwma } from './peak-ewma.ts'

/** For how long an endpoint that says it is about to end is left alone; by then the next snapshot has come. */
const drainingMs = 10_000

/** One address of one service, with what is known of it. Times on the clock of `performance`, in milliseconds. */
export class OpenEndpoint {
  readonly address: string
  readonly outlier: OutlierRecord
  readonly latency = new PeakEwma()
  connection: Connection
  /** Of which release it is, and what part of the calls that gets; while two run side by side. */
  release: string | undefined
  weight: number | undefined
  inFlight = 0
  /** Answers of any kind, for whoever watches whether there are any. */
  answers = 0
  /** False from when no connection could be made until one could be. */
  reachable = true
  /** False while calls are under way and there is no sign of life. */
  answering = true
  #drainingUntil = 0

  constructor(address: string, connection: Connection, now: number) {
    this.address = address
    this.connection = connection
    this.outlier = new OutlierRecord(now)
  }

  /** False where others are asked first. */
  usable(now: number): boolean {
    return this.reachable && this.answering && now >= this.outlier.ejectedUntil && now >= this.#drainingUntil
  }

  /** What one more call seems to cost, in milliseconds of waiting. */
  cost(now: number): number {
    return this.latency.costOf(this.inFlight, now) / this.outlier.weight(now)
  }

  drain(now: number): void {
    this.#drainingUntil = now + drainingMs
  }

  /** A connection could be made, or a sign of life came: it begins anew, slowly. */
  revive(now: number): void {
    if (this.reachable && this.answering) return
    this.reachable = true
    this.answering = true
    this.outlier.begin(now)
  }
}
