import { isEmptyDelta, type Delta } from './delta.ts'
import { deltaWords, nothingDiffers } from './delta-words.ts'
import type { TextPage } from './lines.ts'

const fewLines = 3

/** What differs from before: a few lines of each kind, the worst first; with all, whatever the report has. */
export function writeDelta(
  page: TextPage,
  delta: Delta,
  { indent, all }: { readonly indent: string; readonly all: boolean },
): void {
  const labelled = (label: string) => label.padEnd(indent.length)
  page.gap()
  if (isEmptyDelta(delta)) page.wrapped(nothingDiffers, { indent: labelled('change') })
  for (const { about, lines, rest } of deltaWords(delta, all ? Infinity : fewLines)) {
    for (const [at, { sign, text, way }] of lines.entries()) {
      page.wrapped(text, { indent: `${labelled(at === 0 ? about : '')}${sign} `, most: 4 })
      if (way.length > 0) page.fitted(['dim', `${indent}  by ${way.join(' → ')}`])
    }
    if (rest !== '')
      page.wrapped(rest, { indent: `${lines.length === 0 ? labelled(about) : indent}  `, style: 'dim' })
  }
  page.gap()
}
