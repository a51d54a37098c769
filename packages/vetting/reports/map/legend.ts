import { componentKinds } from '@plimsoll/architecture'
import { icons, kindNames } from './icons.ts'
import type { Layout } from './layout.ts'

const letter = 6.4
const rowHeight = 22

/** What the signs on this map mean: only those that are on it, in rows of a width. */
export function legend(
  { nodes, links }: Layout,
  room: number,
): { readonly markup: string; readonly height: number } {
  const present = new Set(nodes.map(({ kind }) => kind))
  const signs = [
    ...componentKinds
      .filter((kind) => present.has(kind))
      .map((kind) => ({ sign: `<path class="icon" d="${icons[kind]}"/>`, width: 20, text: kindNames[kind] })),
    { sign: line(''), width: 34, text: 'calls' },
    ...(links.some(({ optional }) => optional)
      ? [{ sign: line('optional'), width: 34, text: 'answers without it' }]
      : []),
    ...(links.some(({ asynchronous }) => asynchronous)
      ? [{ sign: line('asynchronous'), width: 34, text: 'does not wait' }]
      : []),
  ]
  let [left, top] = [0, 0]
  const drawn = signs.map(({ sign, width, text }) => {
    const taken = width + 3 + text.length * letter
    if (left > 0 && left + taken > room) [left, top] = [0, top + rowHeight]
    const markup = `<g transform="translate(${left} ${top})">${sign}<text x="${width + 3}" y="12">${text}</text></g>`
    left += taken + 18
    return markup
  })
  return { markup: `<g class="legend">${drawn.join('')}</g>`, height: top + rowHeight }
}

function line(manner: string): string {
  return `<path class="link ${manner}" d="M0 8H30"/>`
}
