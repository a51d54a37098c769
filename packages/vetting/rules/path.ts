import type { Way } from '@plimsoll/architecture'
import type { PathStep } from '../finding.ts'

/** A way as steps: where it begins, then each thing that is called. */
export function stepsOf(way: Way, note?: (call: Way[number]) => string | undefined): readonly PathStep[] {
  const [first] = way
  if (first === undefined) return []
  return [
    { id: first.from },
    ...way.flatMap((call) => [
      ...(call.through === undefined
        ? []
        : [{ id: call.through.value, note: 'passes', evidence: call.through.evidence }]),
      { id: call.to, note: note?.(call) ?? 'is called', evidence: call.evidence },
    ]),
  ]
}

/** An answer's way: against the calls that asked for it. */
export function answerSteps(way: Way, origin: string, dataClass: string): readonly PathStep[] {
  return [
    { id: origin, note: `returns ${dataClass}` },
    ...way.flatMap((call) => [
      ...(call.through === undefined
        ? []
        : [{ id: call.through.value, note: 'passes it on', evidence: call.through.evidence }]),
      { id: call.from, note: 'gets it', evidence: call.evidence },
    ]),
  ]
}

/** Names in a sentence: `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = 3): string {
  return listedOf(names, names.length, most)
}

/** The same where only the first names are at hand, of so many. */
export function listedOf(names: readonly string[], count: number, most: number): string {
  if (count <= 1) return names[0] ?? 'nobody'
  if (count <= most) return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
  return `${names.slice(0, most).join(', ')} and ${count - most} more`
}
