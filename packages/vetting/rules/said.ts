/** Says the same of the same object once: what an analysis keeps from one revision to the next keeps its words, too. */
export function saidOnce<Found extends object, Said>(say: (found: Found) => Said): (found: Found) => Said {
  const said = new WeakMap<Found, { readonly said: Said }>()
  return (found) => {
    const known = said.get(found) ?? { said: say(found) }
    said.set(found, known)
    return known.said
  }
}
