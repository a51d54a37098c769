import { durationBounds } from '@plimsoll/service'
import { levelOf, noEvidence, weigh, type Block, type Count, type EProcess } from './e-process.ts'
import type { Observation } from './outcome-reader.ts'

/** What is asked of every party of every service: does more fail, is more against the contract, is more slow? */
const questions = ['failed', 'misfit', 'slower-half', 'slower-tenth'] as const
type Question = (typeof questions)[number]

/** All parties of a service together, beside each of them. */
export const everyone = 'everyone'

/** From where on a call is slow: bounds of buckets, in seconds. */
interface Marks {
  readonly running: number
  readonly candidate: number
}

/** What is known about one party of one service. Plain data. */
interface PartyEvidence {
  readonly service: string
  readonly party: string
  readonly tests: Readonly<Record<Question, EProcess>>
  readonly marks: Readonly<Partial<Record<Question, Marks>>>
  /** Calls of the running release by bucket of their duration. */
  readonly durations: readonly number[]
}

export type Evidence = readonly PartyEvidence[]

/** One service whose releases are compared. */
export interface Compared {
  readonly service: string
  /** Digests. */
  readonly running: string
  readonly candidate: string
}

export interface EvidenceOptions {
  readonly compared: readonly Compared[]
  /** Parties that the deployment declares; all others are one. */
  readonly parties: ReadonlySet<string>
  readonly falseAlarm: number
  /** How many times longer a candidate may take. */
  readonly slower: number
}

/** What speaks against a candidate: enough to go back. */
export interface Objection {
  readonly service: string
  readonly party: string
  readonly question: Question
  readonly seen: Block
  /** Corrected for everything that was asked. */
  readonly level: number
  readonly marks?: Marks | undefined
}

export const others = 'others'
/** Calls of a candidate before it is judged how fast it is: code that has just been loaded is not compiled yet. */
const warmUp = 20
/** Calls of the running release before it is known what is slow. */
const enoughCalls = 100
const quantiles = { 'slower-half': 0.5, 'slower-tenth': 0.9 } as const
/** Seconds that nobody goes back for. */
const least = 0.01

/** Adds what was seen since the last look. */
export function gather(before: Evidence, news: readonly Observation[], options: EvidenceOptions): Evidence {
  const known = new Map(before.map((one) => [`${one.service} ${one.party}`, one]))
  for (const { service, running, candidate } of options.compared) {
    const own = news.filter((one) => one.service === service)
    const byParty = Map.groupBy(own, ({ party }) => (options.parties.has(party) ? party : others))
    for (const [party, seen] of [...byParty, [everyone, own] as const]) {
      const key = `${service} ${party}`
      const sides = {
        running: seen.filter(({ release }) => release === running),
        candidate: seen.filter(({ release }) => release === candidate),
      }
      known.set(key, added(known.get(key) ?? emptyEvidence(service, party), sides, options.slower))
    }
  }
  return [...known.values()]
}

/** How many questions are asked at once. */
function questionsOf({ compared, parties }: EvidenceOptions): number {
  return compared.length * (parties.size + 2) * questions.length
}

/** What speaks against the candidate strongly enough, the strongest first. */
export function objections(evidence: Evidence, options: EvidenceOptions): readonly Objection[] {
  return standings(evidence, options)
    .filter(({ level }) => level <= options.falseAlarm)
    .toSorted((one, other) => one.level - other.level || preferred(one) - preferred(other))
}

/** Among all callers together, the one about whom most is known of what is objected to. */
export function foremostIn(
  evidence: Evidence,
  objection: Objection,
  options: EvidenceOptions,
): Objection | undefined {
  if (objection.party !== everyone) return undefined
  return standings(evidence, options)
    .filter(
      ({ service, party, question, level }) =>
        service === objection.service && question === objection.question && party !== everyone && level < 1,
    )
    .toSorted((one, other) => one.level - other.level)[0]
}

/** Every question about every party, as it stands. */
export function standings(evidence: Evidence, options: EvidenceOptions): readonly Objection[] {
  const asked = questionsOf(options)
  return evidence.flatMap(({ service, party, tests, marks }) =>
    questions.map((question) => ({
      service,
      party,
      question,
      seen: tests[question].seen,
      level: levelOf(tests[question], asked),
      marks: marks[question],
    })),
  )
}

/** Of equal evidence a single party says more than all of them. */
function preferred({ party }: Objection): number {
  return party === everyone ? 1 : 0
}

function emptyEvidence(service: string, party: string): PartyEvidence {
  return {
    service,
    party,
    tests: {
      failed: noEvidence,
      misfit: noEvidence,
      'slower-half': noEvidence,
      'slower-tenth': noEvidence,
    },
    marks: {},
    durations: durationBounds.map(() => 0).concat(0),
  }
}

interface Sides {
  readonly running: readonly Observation[]
  readonly candidate: readonly Observation[]
}

function added(before: PartyEvidence, sides: Sides, slower: number): PartyEvidence {
  const block = (hits: (side: readonly Observation[]) => number): Block => ({
    running: countOf(sides.running, hits),
    candidate: countOf(sides.candidate, hits),
  })
  const { tests } = before
  const marks = marksOf(before, slower)
  const warm = tests.failed.seen.candidate.calls >= warmUp
  const slowness = (question: keyof typeof quantiles) => {
    const mark = marks[question]
    if (mark === undefined || !warm) return tests[question]
    return weigh(tests[question], {
      running: countOf(sides.running, (side) => slowerThan(side, mark.running)),
      candidate: countOf(sides.candidate, (side) => slowerThan(side, mark.candidate)),
    })
  }
  return {
    ...before,
    tests: {
      failed: weigh(
        tests.failed,
        block((side) => amount(side, ['failed'])),
      ),
      misfit: weigh(
        tests.misfit,
        block((side) => amount(side, ['misfit', 'unfit'])),
      ),
      'slower-half': slowness('slower-half'),
      'slower-tenth': slowness('slower-tenth'),
    },
    marks,
    durations: before.durations.map(
      (count, at) => count + ended(sides.running).reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0),
    ),
  }
}

/** What is slow is fixed by what was seen before, once; whatever comes later is judged by it. */
function marksOf({ marks, durations }: PartyEvidence, slower: number): PartyEvidence['marks'] {
  const calls = durations.reduce((sum, count) => sum + count, 0)
  if (calls < enoughCalls || Object.keys(marks).length > 0) return marks
  const found = Object.entries(quantiles).flatMap(([question, share]) => {
    const running = quantile(durations, share * calls)
    const wanted = Math.max(running * slower, running + least)
    const candidate = durationBounds.find((bound) => bound >= wanted)
    return candidate === undefined ? [] : [[question, { running, candidate }] as const]
  })
  return Object.fromEntries(found)
}

/** Upper bound of the bucket in which the quantile lies. */
function quantile(durations: readonly number[], rank: number): number {
  let seen = 0
  const bucket = durations.findIndex((count) => (seen += count) >= rank)
  return durationBounds[bucket] ?? Number.POSITIVE_INFINITY
}

/** Attempts, each once. */
function ended(side: readonly Observation[]): readonly Observation[] {
  return side.filter(({ outcome }) => outcome !== 'unfit')
}

function amount(side: readonly Observation[], outcomes: readonly string[]): number {
  return side
    .filter(({ outcome }) => outcomes.includes(outcome))
    .reduce((sum, { counts }) => sum + counts.reduce((all, count) => all + count, 0), 0)
}

function slowerThan(side: readonly Observation[], bound: number): number {
  const from = durationBounds.indexOf(bound) + 1
  return ended(side).reduce(
    (sum, { counts }) => sum + counts.slice(from).reduce((all, count) => all + count, 0),
    0,
  )
}

function countOf(side: readonly Observation[], hits: (side: readonly Observation[]) => number): Count {
  const calls = amount(side, ['ok', 'failed', 'misfit'])
  // An answer may be found unfit in the look after the one in which it came.
  return { calls, hits: Math.min(calls, hits(side)) }
}
