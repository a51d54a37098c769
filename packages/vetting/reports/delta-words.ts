import type { AmplificationDelta, AvailabilityDelta, Delta, ReachDelta } from './delta.ts'

/** One line about a change, and what it is about. */
export interface DeltaLine {
  readonly about: 'entries' | 'reach' | 'available' | 'attempts'
  /** Does the architecture have more of it, or less, or another amount? */
  readonly sign: '+' | '−' | '±'
  readonly text: string
  /** Ids, in order; empty where there is none. */
  readonly way: readonly string[]
}

/** Lines of one kind, the worst first, and how many more there are. */
export interface DeltaGroup {
  readonly about: DeltaLine['about']
  readonly lines: readonly DeltaLine[]
  /** Of all, shown or not. */
  readonly count: number
  /** What is not shown, and what was not worked out; empty where that is nothing. */
  readonly rest: string
}

const mostNames = 5

export const nothingDiffers =
  'nobody reaches anything else, and no entry changes its availability or how often it calls'

/** A difference in sentences, at most so many of each kind. */
export function deltaWords(delta: Delta, most: number): readonly DeltaGroup[] {
  const { entries, gained, lost, availability, amplification } = delta
  const reach = [
    ...gained.list.map((change) => reachLine(change, '+')),
    ...lost.list.map((change) => reachLine(change, '−')),
  ]
  return [
    groupOf('entries', entryLines(entries), { most }),
    groupOf('reach', reach, {
      most,
      count: gained.count + lost.count,
      skipped: gained.skipped + lost.skipped,
      unit: 'operations or parts',
    }),
    groupOf('available', availability.list.map(availabilityLine), { ...availability, most, unit: 'entries' }),
    groupOf('attempts', amplification.list.map(attemptsLine), { ...amplification, most, unit: 'entries' }),
  ].filter(({ lines, rest }) => lines.length > 0 || rest !== '')
}

function groupOf(
  about: DeltaLine['about'],
  lines: readonly DeltaLine[],
  {
    most,
    count = lines.length,
    skipped = 0,
    unit = '',
  }: { readonly most: number; readonly count?: number; readonly skipped?: number; readonly unit?: string },
): DeltaGroup {
  const shown = lines.slice(0, most)
  const more = count - shown.length
  const rest = [
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(skipped > 0 ? [`${skipped} ${unit} not worked out: the architecture is too large for all`] : []),
  ]
  return { about, lines: shown, count, rest: rest.join('; ') }
}

function entryLines({ added, removed }: Delta['entries']): readonly DeltaLine[] {
  const line = (sign: '+' | '−', ids: readonly string[]): readonly DeltaLine[] =>
    ids.length === 0
      ? []
      : [
          {
            about: 'entries',
            sign,
            text: `${some(ids)} ${sign === '+' ? 'can now be called' : 'can no longer be called'} from outside`,
            way: [],
          },
        ]
  return [...line('+', added), ...line('−', removed)]
}

function reachLine(change: ReachDelta, sign: '+' | '−'): DeltaLine {
  const { callers, callerCount, operations, components, dataClasses, way } = change
  const names = callers.map(({ id, kind }) =>
    kind === 'anonymous' && id !== 'anonymous' ? `${id} (anonymous)` : id,
  )
  const who = some(names, callerCount)
  const what = [...operations, ...components]
  const data = dataClasses.length === 0 ? [] : [`${some(dataClasses)} data`]
  const verb = callerCount === 1 ? 'reaches' : 'reach'
  const targets = [...(what.length === 0 ? [] : [some(what)]), ...data].join('; ')
  return {
    about: 'reach',
    sign,
    text: sign === '+' ? `${who} now ${verb} ${targets}` : `${who} no longer ${verb} ${targets}`,
    way: way.length > 2 ? way : [],
  }
}

function availabilityLine({ entry, before, after, needsNow, needsNoLonger }: AvailabilityDelta): DeltaLine {
  const needs = [
    ...(needsNow.length === 0 ? [] : [`now needs ${some(needsNow)}`]),
    ...(needsNoLonger.length === 0 ? [] : [`no longer needs ${some(needsNoLonger)}`]),
  ]
  const same = before.low === after.low
  const figures = same
    ? `${percent(after.low)} at worst as before`
    : `${percent(before.low)} → ${percent(after.low)} at worst`
  return {
    about: 'available',
    sign: same ? '±' : after.low > before.low ? '+' : '−',
    text: [`${entry} ${figures}`, ...needs].join('; '),
    way: [],
  }
}

function attemptsLine({ entry, targets, before, after, way }: AmplificationDelta): DeltaLine {
  const are = targets.length === 1 ? 'is' : 'are'
  return {
    about: 'attempts',
    sign: after > before ? '+' : '−',
    text: `${some(targets)} ${are} called up to ${times(after)} for one request at ${entry}, ${times(before)} before`,
    way: way.length > 2 ? way : [],
  }
}

function some(names: readonly string[], count = names.length): string {
  if (count === 2) return names.join(' and ')
  const shown = names.slice(0, count <= mostNames + 1 ? count : mostNames)
  const more = count - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`
}

/** As many digits as tell two availabilities apart that differ by some minutes a year. */
function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.999 ? 4 : 2)} %`
}
