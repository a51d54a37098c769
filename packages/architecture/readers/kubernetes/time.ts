const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g

/** Milliseconds of a duration as Go and GEP-2257 write it, such as `1.5s` or `1m30s`; undefined for any other text, and for none at all. */
export function millisecondsOf(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 40 || text.replaceAll(part, '') !== '') return undefined
  let sum = 0
  for (const [, amount = '', unit = ''] of text.matchAll(part)) sum += Number(amount) * (units[unit] ?? 0)
  return sum > 0 && Number.isFinite(sum) ? sum : undefined
}
