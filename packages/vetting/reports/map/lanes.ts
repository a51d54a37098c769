/** Largest number of lanes of which every order is tried. */
const mostPermuted = 7

/**
 * An order of lanes in which links between them are short (minimum linear arrangement): every order where there are few
 * lanes, and otherwise each lane at the mean of those it is linked with, a few times.
 */
export function laneOrder(
  lanes: readonly string[],
  links: readonly { readonly from: string; readonly to: string }[],
): readonly string[] {
  const weights = new Map<string, number>()
  for (const { from, to } of links) {
    if (from === to) continue
    const key = JSON.stringify([from, to].toSorted())
    weights.set(key, (weights.get(key) ?? 0) + 1)
  }
  const pairs = [...weights].map(([key, weight]) => ({ ends: JSON.parse(key) as [string, string], weight }))
  const cost = (order: readonly string[]) => {
    const at = new Map(order.map((lane, index) => [lane, index]))
    return pairs.reduce(
      (sum, { ends: [a, b], weight }) => sum + weight * Math.abs((at.get(a) ?? 0) - (at.get(b) ?? 0)),
      0,
    )
  }
  const candidates = lanes.length <= mostPermuted ? permutations(lanes) : improved(lanes, pairs)
  let best = lanes
  let least = cost(lanes)
  for (const order of candidates) {
    const length = cost(order)
    if (length < least) [best, least] = [order, length]
  }
  return best
}

function permutations(lanes: readonly string[]): readonly (readonly string[])[] {
  if (lanes.length <= 1) return [lanes]
  return lanes.flatMap((first, at) => permutations(lanes.toSpliced(at, 1)).map((rest) => [first, ...rest]))
}

function improved(
  lanes: readonly string[],
  pairs: readonly { readonly ends: readonly [string, string]; readonly weight: number }[],
): readonly (readonly string[])[] {
  const orders: (readonly string[])[] = []
  let order = lanes
  for (let round = 0; round < 16; round += 1) {
    const at = new Map(order.map((lane, index) => [lane, index]))
    const sums = new Map(order.map((lane, index) => [lane, { sum: index, weight: 1 }]))
    for (const { ends, weight } of pairs) {
      for (const [lane, other] of [ends, [ends[1], ends[0]] as const]) {
        const known = sums.get(lane) ?? { sum: 0, weight: 0 }
        sums.set(lane, {
          sum: known.sum + weight * (at.get(other) ?? 0),
          weight: known.weight + weight,
        })
      }
    }
    const wish = new Map([...sums].map(([lane, { sum, weight }]) => [lane, sum / weight]))
    order = order.toSorted((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || (a < b ? -1 : 1))
    orders.push(order)
  }
  return orders
}
