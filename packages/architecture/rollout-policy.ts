import { InvalidInput, parseDuration, type Problem } from '@plimsoll/base'

/** How a release takes over from the one before it. */
export interface RolloutSettings {
  /**
   * Steps of a canary: what part of the calls the candidate gets, and for how long: `1% 5m, 10% 5m, 50% 5m`. Where absent, a release that has started takes over
   * at once.
   */
  readonly canary?: string
  /** Chance that a release as good as the running one is taken back, for the whole of its rollout. Default 0.01. */
  readonly falseAlarm?: number
  /** How many times longer than the running release a candidate may take. Default 2. */
  readonly slower?: number
  /** What becomes of a candidate at the end of a step in which nobody called it. Default `go-on`. */
  readonly withoutCalls?: 'go-on' | 'go-back'
}

/** One step of a canary. */
export interface CanaryStep {
  /** Part of the calls that the candidate gets, 0 to 1. */
  readonly share: number
  readonly milliseconds: number
}

/** How canaries are made, with defaults filled. */
export interface CanaryPlan extends Required<Omit<RolloutSettings, 'canary'>> {
  readonly steps: readonly CanaryStep[]
}

const members = ['canary', 'falseAlarm', 'slower', 'withoutCalls'] as const
const mostSteps = 20
const longestStepMs = 7 * 86_400_000
const pattern = /^(\d{1,3}(?:\.\d{1,3})?)% +(\S+)$/
const fix = "write growing parts and durations, such as '1% 5m, 10% 5m, 50% 5m'"

/**
 * Steps as people write them: `1% 5m, 10% 5m, 50% 5m`.
 * @throws {InvalidInput} `CANARY` where the text is none: parts have to grow and stay below 100 %
 */
export function parseCanary(text: string, field?: string): readonly CanaryStep[] {
  const words = text.split(',').map((word) => word.trim())
  if (words.length > mostSteps)
    throw wrong(`a canary has ${mostSteps} steps at most, not ${words.length}`, field)
  const steps = words.map((word) => parseStep(word, field))
  for (const [at, { share }] of steps.entries()) {
    if (at > 0 && share <= (steps[at - 1]?.share ?? 0))
      throw wrong(`${JSON.stringify(words[at])} is no larger part than the step before`, field)
  }
  return steps
}

function parseStep(word: string, field: string | undefined): CanaryStep {
  const [, percent = '', duration = ''] = pattern.exec(word) ?? []
  const share = Number(percent) / 100
  if (percent === '' || share <= 0 || share >= 1)
    throw wrong(`${JSON.stringify(word.slice(0, 60))} is no step of a canary`, field)
  const milliseconds = parseDuration(duration, field)
  if (milliseconds <= longestStepMs) return { share, milliseconds }
  throw wrong(`${JSON.stringify(word)} is longer than 7d`, field)
}

function wrong(message: string, field: string | undefined): InvalidInput {
  return new InvalidInput('CANARY', [{ message, place: { field }, fix }])
}

/**
 * The plan of a canary; undefined where the release takes over at once.
 * @param asked steps for this one rollout, in the place of the policy's; `none`: at once
 * @throws {InvalidInput} `CANARY`
 */
export function canaryPlan(
  settings: RolloutSettings | undefined,
  asked: string | undefined,
): CanaryPlan | undefined {
  const { canary, falseAlarm = 0.01, slower = 2, withoutCalls = 'go-on' } = settings ?? {}
  const text = asked ?? canary
  if (text === undefined || text.trim() === 'none') return undefined
  return { steps: parseCanary(text), falseAlarm, slower, withoutCalls }
}

/** What is wrong with the settings of rollouts; nothing where they are good. */
export function rolloutProblems(settings: unknown, field: string): readonly Problem[] {
  if (settings === undefined) return []
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    return [{ message: 'rollout is no object', place: { field }, fix: `write rollout: { canary: '1% 5m' }` }]
  const unknown = Object.keys(settings).filter((key) => !members.some((member) => member === key))
  return [
    ...unknown.map((key) => ({
      message: `nothing is called ${JSON.stringify(key)} here`,
      place: { field: `${field}.${key}` },
      fix: `it is one of ${members.join(', ')}`,
    })),
    ...memberProblems(settings as Readonly<Record<string, unknown>>, field),
  ]
}

function memberProblems(settings: Readonly<Record<string, unknown>>, field: string): readonly Problem[] {
  const { canary, falseAlarm, slower, withoutCalls } = settings
  const problems: Problem[] = []
  const add = (member: string, message: string, what: string) =>
    problems.push({ message, place: { field: `${field}.${member}` }, fix: what })
  const within = (value: unknown, least: number, most: number) =>
    value === undefined || (typeof value === 'number' && value >= least && value <= most)
  if (canary !== undefined) problems.push(...canaryProblems(canary, `${field}.canary`))
  if (!within(falseAlarm, 1e-6, 0.2))
    add('falseAlarm', 'this is no chance of a false alarm', 'write a number from 0.000001 to 0.2')
  if (!within(slower, 1.1, 100)) add('slower', 'this is no factor', 'write a number from 1.1 to 100')
  if (withoutCalls !== undefined && withoutCalls !== 'go-on' && withoutCalls !== 'go-back')
    add('withoutCalls', 'this says nothing of what is to happen', "write 'go-on' or 'go-back'")
  return problems
}

function canaryProblems(canary: unknown, field: string): readonly Problem[] {
  if (typeof canary !== 'string') return [{ message: 'a canary is a text', place: { field }, fix }]
  try {
    if (canary.trim() !== 'none') parseCanary(canary, field)
    return []
  } catch (thrown) {
    if (thrown instanceof InvalidInput) return thrown.problems
    throw thrown
  }
}
