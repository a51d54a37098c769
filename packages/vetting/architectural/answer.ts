import type { Answer } from './rule.ts'

/** Something that a rule asks about: its id in messages, and what the files say of it. */
export interface Asked {
  readonly item: string
  readonly holds: boolean | undefined
}

/** What the parts are called in a sentence, and what each should do or have. */
export interface Wording {
  /** Such as `entry point`. */
  readonly noun: string
  /** Such as `has a load balancer`. */
  readonly verb: string
}

/**
 * Holds for all. Over none it is fulfilled, as the source has it (its R10 and R11 where nobody authorises), but open where not even
 * the parts are known.
 */
export function every(asked: readonly Asked[], wording: Wording, known = true): Answer {
  const { noun, verb } = wording
  const violating = itemsWhere(asked, false)
  if (violating.length > 0)
    return {
      fulfilled: false,
      items: violating,
      reason: `not so for ${listed(violating)}: each ${noun} ${verb}`,
    }
  const open = itemsWhere(asked, undefined)
  if (open.length > 0 || (asked.length === 0 && !known))
    return { fulfilled: undefined, items: open, reason: `not evidenced: whether each ${noun} ${verb}` }
  const items = asked.map(({ item }) => item)
  const reason = items.length === 0 ? `there is no ${noun}` : `each ${noun} ${verb}`
  return { fulfilled: true, items, reason }
}

/** Holds for one at least. */
export function some(asked: readonly Asked[], { noun, verb }: Wording): Answer {
  const fulfilling = itemsWhere(asked, true)
  if (fulfilling.length > 0)
    return { fulfilled: true, items: fulfilling, reason: `${listed(fulfilling)} ${verb}` }
  const open = itemsWhere(asked, undefined)
  if (open.length > 0 || asked.length === 0)
    return { fulfilled: undefined, items: open, reason: `not evidenced: whether a ${noun} ${verb}` }
  return { fulfilled: false, items: asked.map(({ item }) => item), reason: `no ${noun} ${verb}` }
}

/**
 * Exactly one is so. A component with replicas is one; components that are configured each on their own are several, also of the same
 * product: the definition that the authors' own rule checker uses (Schneider et al., TOSEM 2024).
 */
export function single(asked: readonly Asked[], { noun, verb }: Wording): Answer {
  const found = itemsWhere(asked, true)
  if (found.length > 1)
    return { fulfilled: false, items: found, reason: `${found.length} components ${verb}: ${listed(found)}` }
  const open = itemsWhere(asked, undefined)
  if (open.length > 0 || asked.length === 0)
    return { fulfilled: undefined, items: open, reason: `not evidenced: how many ${noun}s there are` }
  if (found.length === 1) return { fulfilled: true, items: found, reason: `only ${listed(found)} ${verb}` }
  return { fulfilled: false, items: asked.map(({ item }) => item), reason: `there is no ${noun}` }
}

/** Three-valued or: true where one is, false where all are. */
export function either(...values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(true)) return true
  return values.includes(undefined) ? undefined : false
}

function itemsWhere(asked: readonly Asked[], holds: boolean | undefined): readonly string[] {
  return asked.filter((one) => one.holds === holds).map(({ item }) => item)
}

function listed(items: readonly string[]): string {
  const [first = '', second, third] = items
  const named = [first, second, third].filter((item) => item !== undefined).join(', ')
  return items.length > 3 ? `${named} and ${items.length - 3} more` : named
}
