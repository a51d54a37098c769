import type { Read, Span, Wanted } from '@plimsoll/service'
import type { Teller } from '../engines/engine.ts'

/** A span, and whose it is. */
export interface OwnedSpan extends Span {
  readonly service: string
  readonly instance: string
}

/** What all processes of a fleet have seen. */
export class FleetTelemetry {
  readonly #tellers: () => readonly Teller[]
  /** Process → where reading goes on. */
  #cursors = new Map<string, number>()

  constructor(tellers: () => readonly Teller[]) {
    this.#tellers = tellers
  }

  /** Every span that is remembered anywhere. */
  async spans(): Promise<readonly OwnedSpan[]> {
    const read = await Promise.all(
      this.#tellers().map(async (teller) => {
        const { service, instance } = teller
        const told = await teller.tell({ metrics: false })
        return (told?.spans ?? []).map((span): OwnedSpan => ({ ...span, service, instance }))
      }),
    )
    return read.flat()
  }

  /** Every metric of every process. */
  async metrics(): Promise<readonly Read[]> {
    return this.#ask(() => ({ since: Number.MAX_SAFE_INTEGER, metrics: true }))
  }

  /** What is new since this was asked before: for an exporter. */
  async news({ metrics }: { readonly metrics: boolean }): Promise<readonly Read[]> {
    const before = this.#cursors
    const keyOf = ({ instance, pid }: Teller) => `${instance} ${pid}`
    const now = new Map<string, number>()
    const told = await this.#ask(
      (teller) => ({ since: before.get(keyOf(teller)) ?? 0, metrics }),
      (teller, next) => now.set(keyOf(teller), next),
    )
    // A process that did not answer this time goes on where it was.
    for (const teller of this.#tellers()) {
      const key = keyOf(teller)
      const cursor = before.get(key)
      if (!now.has(key) && cursor !== undefined) now.set(key, cursor)
    }
    this.#cursors = now
    return told
  }

  async #ask(
    wanted: (teller: Teller) => Wanted,
    hear?: (teller: Teller, next: number) => void,
  ): Promise<readonly Read[]> {
    const read = await Promise.all(
      this.#tellers().map(async (teller): Promise<readonly Read[]> => {
        const told = await teller.tell(wanted(teller))
        if (told === undefined) return []
        hear?.(teller, told.next)
        const { service, instance, version } = teller
        return [{ ...told, resource: { service, instance, version } }]
      }),
    )
    return read.flat()
  }
}
