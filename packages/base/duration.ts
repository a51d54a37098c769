import { InvalidInput } from './errors.ts'

/** A duration as people write it: `250ms`, `2s`, `5m`, `1h`, `7d`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const millisecondsOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const pattern = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/

/**
 * Milliseconds of a written duration.
 * @throws {InvalidInput} `DURATION` where the text is none, or is zero.
 */
export function parseDuration(text: string, field?: string): number {
  const match = pattern.exec(text)
  const milliseconds = match
    ? Number(match[1]) * millisecondsOf[match[2] as keyof typeof millisecondsOf]
    : Number.NaN
  // Binary fractions: 1.005 * 1000 is 1004.9999999999999, which nobody has written.
  if (milliseconds > 0) return Number(milliseconds.toPrecision(15))
  throw new InvalidInput('DURATION', [
    {
      message: `${JSON.stringify(text)} is no duration`,
      place: { field },
      fix: 'write a number above zero and a unit: 250ms, 2s, 5m, 1h or 7d',
    },
  ])
}

/** The shortest exact way to write a number of milliseconds: 1500 → `1.5s`, 250 → `250ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Number(milliseconds.toFixed(3))}ms`
  for (const unit of ['d', 'h', 'm'] as const) {
    const amount = milliseconds / millisecondsOf[unit]
    if (amount >= 1 && Number.isInteger(amount)) return `${amount}${unit}`
  }
  return `${Number((milliseconds / 1_000).toFixed(3))}s`
}
