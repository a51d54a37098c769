/** Up to three names that somebody may have meant: nearest first, none that is far off. */
export function closestNames(name: string, names: Iterable<string>): readonly string[] {
  const farthest = Math.max(2, Math.floor(name.length / 3))
  const rated: { readonly other: string; readonly distance: number }[] = []
  for (const other of new Set(names)) {
    const within = name.length > 2 && other.toLowerCase().includes(name.toLowerCase())
    const distance = within ? 1 : editDistance(name.toLowerCase(), other.toLowerCase(), farthest)
    if (distance <= farthest) rated.push({ other, distance })
  }
  return rated
    .toSorted((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
    .slice(0, 3)
    .map(({ other }) => other)
}

/** Letters to insert, take away or replace (Levenshtein 1966); beyond the limit any number above it. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let at = 1; at <= b.length; at += 1) {
      const replaced = (previous[at - 1] ?? 0) + (a[row - 1] === b[at - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? limit + 1
}
