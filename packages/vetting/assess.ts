import {
  architectureDigest,
  graphAfter,
  graphOf,
  type Architecture,
  type Graph,
} from '@plimsoll/architecture'
import type { Digest } from '@plimsoll/base'
import type { Judgement, Rule } from './finding.ts'
import { answersAfter, answersOver, judgementOf, type Answers } from './judge.ts'
import { rules } from './rules/index.ts'

/** What was said of an architecture. */
export interface Assessment {
  readonly judgement: Judgement
  readonly digest: Digest
}

/** One that changes can be judged against: it keeps what was asked on the way. */
export interface StandingAssessment extends Assessment {
  readonly graph: Graph
  readonly answers: Answers
}

/**
 * What was said of an architecture, for as long as somebody holds it: what runs is judged once, however many candidates ask to
 * join it. An architecture is data that nobody changes; another one is another object.
 */
const standing = new WeakMap<Architecture, StandingAssessment>()

/** Asks everything of an architecture, once. */
export function assess(architecture: Architecture): StandingAssessment {
  const known = standing.get(architecture)
  if (known !== undefined) return known
  const assessment = assessed(graphOf(architecture))
  standing.set(architecture, assessment)
  return assessment
}

export function assessed(graph: Graph, among: readonly Rule[] = rules): StandingAssessment {
  const answers = answersOver(graph, among)
  return {
    graph,
    answers,
    judgement: judgementOf(answers.values()),
    digest: architectureDigest(graph.architecture),
  }
}

/**
 * The same of what would run instead: equal to asking everything again, of which only that is done which the change can concern.
 * It is not kept, because it holds on to what runs.
 */
export function assessAfter(earlier: StandingAssessment, architecture: Architecture): Assessment {
  const graph = graphAfter(earlier.graph, architecture)
  return {
    judgement: judgementOf(answersAfter(earlier.answers, graph).values()),
    digest: architectureDigest(graph.architecture),
  }
}
