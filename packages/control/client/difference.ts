import type { Deployment } from '@plimsoll/architecture'
import { canonicalJson, type Json } from '@plimsoll/base'

/** One thing in which a deployment differs from what runs. */
export interface Difference {
  readonly change: 'added' | 'changed' | 'removed'
  /** Such as `services.pricing`, `consumers.storefront`, `policy`. */
  readonly part: string
  /** What of it differs; absent where the whole part came or went. */
  readonly field?: string | undefined
  readonly from?: Json | undefined
  readonly to?: Json | undefined
}

type Part = Readonly<Record<string, unknown>>

/** What the next deployment adds, changes and removes, part by part, field by field; empty where both say the same. */
export function differencesOf(running: Deployment | undefined, next: Deployment): readonly Difference[] {
  const before = running === undefined ? new Map<string, Part>() : partsOf(running)
  const after = partsOf(next)
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return names.flatMap((part) => differencesIn(part, before.get(part), after.get(part)))
}

/** Everything that a deployment says, but for where it says it. */
function partsOf(deployment: Deployment): ReadonlyMap<string, Part> {
  const { format: _format, evidence: _evidence, name, dataClasses, waivers, ...rest } = deployment
  const { gateway, policy, telemetry, ...maps } = rest
  const named = Object.entries(maps).flatMap(([kind, parts]) =>
    Object.entries(parts).map(([key, part]) => [`${kind}.${key}`, part as Part] as const),
  )
  return new Map<string, Part>([
    ['architecture', { name, dataClasses }],
    ...named,
    ['gateway', gateway],
    ['policy', policy],
    ...(telemetry === undefined ? [] : [['telemetry', telemetry as Part] as const]),
    // The same finding may be accepted twice over, by two owners: each is one of its own.
    ...waivers.map(
      (waiver) =>
        [`waivers.${waiver.rule} ${waiver.subject} ${waiver.owner}`, waiver as unknown as Part] as const,
    ),
  ])
}

function differencesIn(
  part: string,
  before: Part | undefined,
  after: Part | undefined,
): readonly Difference[] {
  if (before === undefined) return [{ change: 'added', part, to: json(after) }]
  if (after === undefined) return [{ change: 'removed', part, from: json(before) }]
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return fields
    .filter((field) => canonicalJson(before[field] ?? null) !== canonicalJson(after[field] ?? null))
    .map((field) => ({ change: 'changed', part, field, from: json(before[field]), to: json(after[field]) }))
}

function json(value: unknown): Json | undefined {
  return value as Json | undefined
}
