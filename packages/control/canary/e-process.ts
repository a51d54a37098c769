/** Calls, and those among them that count against whoever served them. */
export interface Count {
  readonly calls: number
  readonly hits: number
}

/** What came of the calls of both releases in one stretch of time. */
export interface Block {
  readonly running: Count
  readonly candidate: Count
}

/** What speaks for "the candidate does worse", as far as it is known. Plain data, so that it can be written down and gone on with. */
export interface EProcess {
  /** All that was seen. */
  readonly seen: Block
  /** What was seen and is not weighed yet, because one of the two had no call in it. */
  readonly waiting: Block
  /** Logarithm of the e-value for each excess. */
  readonly logs: readonly number[]
  /** Logarithm of the largest e-value so far. */
  readonly most: number
}

/** By how much worse the candidate is thought to do, each as likely as any other. */
const excesses = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.9] as const

const nothing: Count = { calls: 0, hits: 0 }
const emptyBlock: Block = { running: nothing, candidate: nothing }

export const noEvidence: EProcess = {
  seen: emptyBlock,
  waiting: emptyBlock,
  logs: excesses.map(() => 0),
  most: 0,
}

/**
 * Weighs another stretch of time. The e-value bets against "of the candidate's calls no larger part is hit than of the running release's": under that, with
 * however many looks, it ever reaches 1/α with a chance of at most α (Ville's inequality), so that it may be looked at after every call and acted upon at once.
 *
 * Source: R. J. Turner, A. Ly, P. D. Grünwald, Generic E-Variables for Exact Sequential k-Sample Tests that allow for Optional Stopping, Journal of
 * Statistical Planning and Inference 230 (2024), equation 3, for two samples of yes and no, of any sizes. The bet is chosen before the block is seen: the rate of the
 * running release as it was until then, and, for the candidate, that rate and an excess; a mixture over excesses is an e-value, too. Because the
 * bet is on more and never on less, it holds for the one-sided hypothesis: the factor of a candidate's call grows with its rate.
 */
export function weigh(before: EProcess, block: Block): EProcess {
  const seen = sum(before.seen, block)
  const waiting = sum(before.waiting, block)
  if (waiting.running.calls === 0 || waiting.candidate.calls === 0) return { ...before, seen, waiting }
  const { running } = difference(seen, waiting)
  const base = (running.hits + 0.5) / (running.calls + 50)
  const logs = before.logs.map((log, at) => log + logFactor(waiting, base, excesses[at] ?? 0))
  return { seen, waiting: emptyBlock, logs, most: Math.max(before.most, logMean(logs)) }
}

/** The smallest level at which "no worse" is rejected by now, for one of so many questions that are asked at once (Bonferroni). */
export function levelOf({ most }: EProcess, questions: number): number {
  return Math.min(1, questions * Math.exp(-most))
}

function logFactor({ running, candidate }: Block, base: number, excess: number): number {
  const worse = base + excess * (1 - base)
  const all = running.calls + candidate.calls
  const same = (running.calls * base + candidate.calls * worse) / all
  const part = ({ calls, hits }: Count, rate: number) =>
    hits * Math.log(rate / same) + (calls - hits) * Math.log((1 - rate) / (1 - same))
  return part(running, base) + part(candidate, worse)
}

function logMean(logs: readonly number[]): number {
  const largest = Math.max(...logs)
  return largest + Math.log(logs.reduce((total, log) => total + Math.exp(log - largest), 0) / logs.length)
}

function sum(one: Block, other: Block): Block {
  return combine(one, other, 1)
}

function difference(one: Block, other: Block): Block {
  return combine(one, other, -1)
}

function combine(one: Block, other: Block, sign: 1 | -1): Block {
  const both = (a: Count, b: Count) => ({ calls: a.calls + sign * b.calls, hits: a.hits + sign * b.hits })
  return {
    running: both(one.running, other.running),
    candidate: both(one.candidate, other.candidate),
  }
}
