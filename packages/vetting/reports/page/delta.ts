import { isEmptyDelta, type Delta } from '../delta.ts'
import { deltaWords, nothingDiffers, type DeltaLine } from '../delta-words.ts'
import { escapeMarkup } from '../escape.ts'

const mostShown = 8

const headings = {
  entries: 'What can be called from outside',
  reach: 'Who reaches what',
  available: 'How likely entries answer',
  attempts: 'How often one request calls',
} as const

/** One line for the head of the page: how much changes, and where that is told. */
export function deltaHint(delta: Delta | undefined): string {
  if (delta === undefined) return ''
  const counts = deltaWords(delta, 0).map(({ about, count }) => `${about} ${count}`)
  const words = counts.length === 0 ? 'nothing else' : counts.join(' · ')
  return `<p class="change"><a href="#delta">What changes</a> <span class="quiet">${words}</span></p>`
}

/** What differs from before, by kind, the worst first; the rest of a long list is folded. */
export function deltaSection(delta: Delta | undefined): string {
  if (delta === undefined) return ''
  const groups = deltaWords(delta, Infinity).map(
    ({ about, lines, rest }) =>
      `<h3>${headings[about]}</h3>${listOf(lines)}${rest === '' ? '' : `<p class="quiet">${escapeMarkup(rest)}</p>`}`,
  )
  return `<section class="wide delta" id="delta" tabindex="-1" aria-labelledby="delta-title"><h2 id="delta-title">What changes</h2>
${isEmptyDelta(delta) ? `<p class="quiet">Nothing: ${nothingDiffers}.</p>` : groups.join('\n')}</section>`
}

function listOf(lines: readonly DeltaLine[]): string {
  const items = lines.map(
    ({ sign, text, way }) =>
      `<li data-sign="${sign}">${escapeMarkup(text)}${way.length === 0 ? '' : `<br><span class="quiet">by ${escapeMarkup(way.join(' → '))}</span>`}</li>`,
  )
  const [shown, folded] = [items.slice(0, mostShown), items.slice(mostShown)]
  const more =
    folded.length === 0
      ? ''
      : `<details class="unknown"><summary>${folded.length} more</summary><ul>${folded.join('')}</ul></details>`
  return `<ul>${shown.join('')}</ul>${more}`
}
