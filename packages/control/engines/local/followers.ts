import { setTimeout as pause } from 'node:timers/promises'

const lookMs = 10

/** What a process that takes calls believes, and by whose certificates it is known. */
export interface TrustReport {
  /** `pricing/0` */
  readonly instance: string
  /** Of the newest trust that it took. */
  readonly epoch: number
  /** Ids of the authorities that issued what it uses. */
  readonly authorities: readonly string[]
  /** When it said so, on the clock of `performance`. */
  readonly since: number
}

/** One process that follows whom to believe. */
export interface Follower {
  /** Undefined while it takes no calls: nobody waits for it, and when it does it has been told everything before. */
  report(): TrustReport | undefined
  tell(): void
}

/** All processes that have to follow a change of whom to believe, from their start to their end. */
export class Followers {
  readonly #all = new Set<Follower>()

  add(follower: Follower): void {
    this.#all.add(follower)
  }

  remove(follower: Follower): void {
    this.#all.delete(follower)
  }

  tell(): void {
    for (const follower of this.#all) follower.tell()
  }

  reports(): readonly TrustReport[] {
    return [...this.#all].flatMap((follower) => follower.report() ?? [])
  }

  /** Waits until all of them have come to a state; gives the instances that have not in time. */
  async settled(has: (report: TrustReport) => boolean, timeoutMs: number): Promise<readonly string[]> {
    const until = performance.now() + timeoutMs
    for (;;) {
      const late = this.reports().filter((report) => !has(report))
      if (late.length === 0 || performance.now() >= until) return late.map(({ instance }) => instance)
      await pause(lookMs)
    }
  }
}
