// Why: what callers notice of overload, of a replica that fails in four ways, and of rolling restarts, against the same without what guards from it.
import { measureFaults } from './resilience/faults.ts'
import { measureGoodput } from './resilience/goodput.ts'
import { measureRestarts } from './resilience/restarts.ts'

/** Parts, separated by commas: goodput, faults, restarts; all where absent. */
const only = process.env['PLIMSOLL_BENCH_ONLY']?.split(',') ?? ['goodput', 'faults', 'restarts']

/** Prints a table for each part; the last line is one JSON object. */
export async function run(): Promise<void> {
  const goodput = only.includes('goodput') ? await measureGoodput() : undefined
  const faults = only.includes('faults') ? await measureFaults() : undefined
  const restarts = only.includes('restarts') ? await measureRestarts() : undefined
  console.log(
    JSON.stringify({
      goodputAtThreeTimesCapacity: rounded(goodput?.own.share),
      admittedP99OverUnloaded: rounded(goodput?.own.p99),
      goodputWithoutLimit: rounded(goodput?.without.share),
      wrongAnswers: faults === undefined ? undefined : faults.wrong + (restarts?.wrong ?? 0),
      recoveryMilliseconds: rounded(faults?.own),
      recoveryMillisecondsRoundRobin: faults?.roundRobin,
      restarts: restarts?.restarts,
      callsAcrossRestarts: restarts?.calls,
      failedAcrossRestarts: restarts?.failed,
      failedPerMillionWithoutDrain: rounded(restarts?.failedPerMillionWithoutDrain),
    }),
  )
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(2))
}
