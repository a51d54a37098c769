const firstSlots = 64
const mostSlots = 8_192

interface Entry {
  readonly id: number
}

/**
 * Calls under way by their numbers, which rise: each has the slot of its number's last bits; one that still runs when the numbers have come round is
 * put aside. A Map would do, were it not that V8's tables for Map and Set, each time they are made anew, keep a way from the old to the new one: where
 * one dead table has come into the old generation, every call after it follows, and is collected with all the rest of the heap instead of for nothing.
 */
export class CallTable<Call extends Entry> {
  #slots: (Call | undefined)[] = Array.from({ length: firstSlots }, () => undefined)
  readonly #aside = new Map<number, Call>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(id: number): Call | undefined {
    const call = this.#slots[id & (this.#slots.length - 1)]
    if (call?.id === id) return call
    return this.#aside.size === 0 ? undefined : this.#aside.get(id)
  }

  has(id: number): boolean {
    return this.get(id) !== undefined
  }

  /** The number must not be that of a call which is there. */
  add(call: Call): void {
    this.#size += 1
    if (this.#size * 2 > this.#slots.length && this.#slots.length < mostSlots) this.#grow()
    this.#put(call)
  }

  delete(id: number): Call | undefined {
    const at = id & (this.#slots.length - 1)
    const call = this.#slots[at]
    if (call?.id === id) {
      this.#slots[at] = undefined
      this.#size -= 1
      return call
    }
    const aside = this.#aside.size === 0 ? undefined : this.#aside.get(id)
    if (aside === undefined) return undefined
    this.#aside.delete(id)
    this.#size -= 1
    return aside
  }

  /** All of them as they are now, in no order; the table may be changed meanwhile. */
  list(): Call[] {
    return [...this.#slots.filter((call) => call !== undefined), ...this.#aside.values()]
  }

  clear(): void {
    this.#slots = Array.from({ length: firstSlots }, () => undefined)
    this.#aside.clear()
    this.#size = 0
  }

  #put(call: Call): void {
    const at = call.id & (this.#slots.length - 1)
    const occupant = this.#slots[at]
    if (occupant !== undefined) this.#aside.set(occupant.id, occupant)
    this.#slots[at] = call
  }

  #grow(): void {
    const calls = this.list()
    this.#slots = Array.from({ length: this.#slots.length * 2 }, () => undefined)
    this.#aside.clear()
    for (const call of calls) this.#put(call)
  }
}
