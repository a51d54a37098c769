import { CallFailure, type CallRequest, type OperationCaller } from '@plimsoll/service'

export interface Result {
  readonly operation: string
  /** When it was called and how long it took, in milliseconds. */
  readonly at: number
  readonly tookMs: number
  /** `wrong`: an answer, but not to this call. Otherwise the failure's code. */
  readonly outcome: 'ok' | 'wrong' | (string & {})
}

type Terms = Pick<CallRequest, 'timeoutMs' | 'attempts' | 'withinMs'>
let last = 0

/** One call, with an answer that only this call can have. */
export async function callOnce(caller: OperationCaller, operation: string, terms: Terms): Promise<Result> {
  last = (last % 900_000) + 1
  const quantity = last
  const sku = `LT-${quantity}`
  const at = performance.now()
  const outcome = await caller
    .call({ service: 'pricing', operation, input: { sku, quantity }, ...terms })
    .then(
      (answer) => (answer.ok && isOf(answer.output, sku, quantity) ? 'ok' : 'wrong'),
      (thrown: unknown) => (thrown instanceof CallFailure ? thrown.code : String(thrown)),
    )
  return { operation, at, tookMs: performance.now() - at, outcome }
}

function isOf(output: unknown, sku: string, quantity: number): boolean {
  const answer = output as { readonly sku?: unknown; readonly total?: unknown } | null
  return answer?.sku === sku && answer.total === quantity * 7
}

export interface OpenLoop {
  readonly callsPerSecond: number
  readonly forMs: number
  /** The operation of each call. */
  readonly operation: () => string
  readonly terms: Terms
}

/**
 * Calls that come at random moments (a Poisson process), whatever has become of those before: as a load from outside comes. Moments are
 * those of the plan and not of the timer, so that no latency is left out.
 */
export async function openLoop(
  callers: readonly OperationCaller[],
  load: OpenLoop,
): Promise<readonly Result[]> {
  const results: Promise<Result>[] = []
  const begun = performance.now()
  let next = begun
  while (next < begun + load.forMs) {
    const now = performance.now()
    while (next <= now && next < begun + load.forMs) {
      const caller = callers[results.length % callers.length]
      if (caller === undefined) throw new Error('no caller')
      results.push(callOnce(caller, load.operation(), load.terms))
      next += (-Math.log(1 - Math.random()) * 1_000) / load.callsPerSecond
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return Promise.all(results)
}

/** So many calls at a time, each begun when one has ended. Calls a second. */
export async function capacity(caller: OperationCaller, concurrency: number, forMs: number): Promise<number> {
  const begun = performance.now()
  let calls = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < begun + forMs) {
        const { outcome } = await callOnce(caller, 'quote', { timeoutMs: 10_000 })
        if (outcome === 'ok') calls += 1
      }
    }),
  )
  return calls / ((performance.now() - begun) / 1_000)
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
