import type { Evidence } from '@plimsoll/architecture'

/** The same change in the words of each format. */
export interface Change {
  readonly compose?: string | undefined
  readonly kubernetes?: string | undefined
  readonly plimsoll?: string | undefined
  /** Where the format is none of these, or has no words of its own. */
  readonly other: string
}

/** The change in the format of the file that a fact comes from. */
export function inFormat({ file = '', field = '' }: Evidence, change: Change): string {
  if (file.endsWith('.ts')) return change.plimsoll ?? change.other
  if (field.startsWith('services.')) return change.compose ?? change.other
  if (/^(?:spec|metadata|rules|webhooks|subjects|roleRef)\b/.test(field))
    return change.kubernetes ?? change.other
  return change.other
}
