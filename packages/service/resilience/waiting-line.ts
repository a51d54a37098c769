/** Ranks of importance, the most important first. */
export const ranks = { critical: 0, normal: 1, background: 2 } as const
export type Rank = (typeof ranks)[keyof typeof ranks]

/** Something that waits. */
export interface Waiting {
  readonly rank: Rank
  /** Since when, on one clock, in milliseconds. */
  readonly since: number
  /** How long it minds nothing, in milliseconds. */
  readonly patienceMs: number
}

/**
 * A line that is bounded in length: the least important has to leave for somebody more important. While it moves, first come is first served; in a line that
 * stands, the newest of the most important goes first, because the oldest are about to be given up anyway (Maurer, Fail at Scale, ACM Queue 2015: "adaptive LIFO").
 */
export class WaitingLine<T extends Waiting> {
  readonly #mostWaiting: number
  readonly #byRank: readonly [T[], T[], T[]] = [[], [], []]
  #size = 0

  constructor(mostWaiting: number) {
    this.#mostWaiting = mostWaiting
  }

  get size(): number {
    return this.#size
  }

  /** Lets it wait. Gives back who has to leave for it, or it itself where nobody is less important. */
  join(one: T): T | undefined {
    const leaver = this.#size < this.#mostWaiting ? undefined : this.#leastBelow(one.rank)
    if (this.#size >= this.#mostWaiting) return one
    this.#byRank[one.rank].push(one)
    this.#size += 1
    return leaver
  }

  /** Takes who goes next. */
  next(standing: boolean): T | undefined {
    for (const line of this.#byRank) {
      const one = standing ? line.pop() : line.shift()
      if (one === undefined) continue
      this.#size -= 1
      return one
    }
    return undefined
  }

  /** True where the first of some rank has waited longer than `boundMs` and than it minds. */
  hasLate(boundMs: number, now: number): boolean {
    return this.#byRank.some(([oldest]) => oldest !== undefined && isLate(oldest, boundMs, now))
  }

  /** Takes one of those; undefined where there is none. The least important first. */
  takeLate(boundMs: number, now: number): T | undefined {
    for (const line of this.#byRank.toReversed()) {
      const [oldest] = line
      if (oldest === undefined || !isLate(oldest, boundMs, now)) continue
      this.#size -= 1
      return line.shift()
    }
    return undefined
  }

  #leastBelow(rank: Rank): T | undefined {
    for (const below of [ranks.background, ranks.normal]) {
      const one = below > rank ? this.#byRank[below].pop() : undefined
      if (one === undefined) continue
      this.#size -= 1
      return one
    }
    return undefined
  }
}

function isLate({ since, patienceMs }: Waiting, boundMs: number, now: number): boolean {
  return now - since > Math.max(boundMs, patienceMs)
}
