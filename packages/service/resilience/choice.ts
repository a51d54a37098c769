import type { OpenEndpoint } from './endpoint.ts'

/**
 * The cheaper of two endpoints picked at random (Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001): nearly as even as asking for the best
 * of all, without all callers going to the same one. Where one of the two is set aside or was tried before, the choice is made among those that
 * are not; where all are set aside, among all that were not tried.
 */
export function chooseEndpoint(
  endpoints: readonly OpenEndpoint[],
  tried: ReadonlySet<OpenEndpoint> | undefined,
  now: number,
): OpenEndpoint | undefined {
  const [first, second] = twoOf(endpoints)
  if (first === undefined || second === undefined) {
    return first === undefined || tried?.has(first) === true ? undefined : first
  }
  if (tried === undefined && first.usable(now) && second.usable(now)) return cheaper(first, second, now)
  const left = endpoints.filter((endpoint) => tried?.has(endpoint) !== true)
  const usable = left.filter((endpoint) => endpoint.usable(now))
  const [one, other] = twoOf(usable.length > 0 ? usable : left)
  return one === undefined || other === undefined ? one : cheaper(one, other, now)
}

function cheaper(first: OpenEndpoint, second: OpenEndpoint, now: number): OpenEndpoint {
  return second.cost(now) < first.cost(now) ? second : first
}

/** Two different elements, each pair as likely as any other; fewer where there are none. */
function twoOf<T>(list: readonly T[]): readonly [T | undefined, T | undefined] {
  const { length } = list
  if (length < 2) return [list[0], undefined]
  const first = Math.floor(Math.random() * length)
  const second = (first + 1 + Math.floor(Math.random() * (length - 1))) % length
  return [list[first], list[second]]
}
