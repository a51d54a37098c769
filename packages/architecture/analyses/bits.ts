/** Rows of bits, packed: a set of small numbers for each of many things. */
export interface BitRows {
  readonly width: number
  has(row: number, bit: number): boolean
  add(row: number, bit: number): void
  /** The words that hold the rows. */
  readonly words: Uint32Array
  /** Adds everything of one row to another; the source may stand in other rows of the same width. True where that changed something. */
  merge(into: number, from: number, source?: BitRows): boolean
  count(row: number): number
  list(row: number): readonly number[]
}

export function bitRows(rows: number, width: number): BitRows {
  const words = Math.ceil(width / 32)
  const bits = new Uint32Array(rows * words)
  const at = (row: number, bit: number) => row * words + (bit >>> 5)
  return {
    width,
    words: bits,
    has: (row, bit) => ((bits[at(row, bit)] ?? 0) & (1 << (bit & 31))) !== 0,
    add: (row, bit) => {
      const word = at(row, bit)
      bits[word] = (bits[word] ?? 0) | (1 << (bit & 31))
    },
    merge: (into, from, source) => {
      const target = into * words
      const begin = from * words
      const others = source?.words ?? bits
      let changed = 0
      for (let word = 0; word < words; word += 1) {
        const added = others[begin + word] ?? 0
        if (added === 0) continue
        const before = bits[target + word] ?? 0
        changed |= added & ~before
        bits[target + word] = before | added
      }
      return changed !== 0
    },
    count: (row) => {
      let sum = 0
      for (let word = row * words; word < (row + 1) * words; word += 1) sum += ones(bits[word] ?? 0)
      return sum
    },
    list: (row) => {
      const found: number[] = []
      for (let word = 0; word < words; word += 1) {
        for (let rest = bits[row * words + word] ?? 0; rest !== 0; rest &= rest - 1)
          found.push(word * 32 + (31 - Math.clz32(rest & -rest)))
      }
      return found
    },
  }
}

/** Number of ones in a word (Warren, Hacker's Delight, section 5-1). */
function ones(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
