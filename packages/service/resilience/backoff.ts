import type { Ending } from '../deadline.ts'

const firstPauseMs = 20
const longestPauseMs = 1_000

/**
 * Milliseconds until the next attempt, after so many: anything between nothing and a bound that doubles, so that callers do not come back together (Brooker,
 * Exponential Backoff and Jitter, AWS 2015: "full jitter").
 */
export function pauseAfter(attempt: number): number {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt)
}

/** Goes on after the pause, or at once where the call has ended meanwhile. */
export function pauseUnlessEnded(milliseconds: number, ending: Ending | undefined, goOn: () => void): void {
  const done = () => {
    clearTimeout(timer)
    ending?.offEnd(done)
    goOn()
  }
  const timer = setTimeout(done, milliseconds)
  ending?.onEnd(done)
}
