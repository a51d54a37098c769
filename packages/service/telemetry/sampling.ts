import type { Sample } from '../traceparent.ts'

const randomness = 2 ** 56

/**
 * Samples a share of the chains, by the last 56 bits of the trace id, which are random: every process with the same share decides alike
 * (OpenTelemetry, TraceIdRatioBased with the threshold of its consistent probability sampling).
 * @param share of chains whose spans are exported, 0 to 1
 */
export function sampleShare(share: number): Sample {
  if (share >= 1) return () => true
  if (!(share > 0)) return () => false
  const threshold = (1 - share) * randomness
  return (traceId) => Number.parseInt(traceId.slice(18), 16) >= threshold
}
