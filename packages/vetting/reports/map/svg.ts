import type { ComponentKind } from '@plimsoll/architecture'
import { escapeMarkup } from '../escape.ts'
import { colourScheme } from '../palette.ts'
import { icons } from './icons.ts'
import type { Box, Layout, Point } from './layout.ts'
import { legend } from './legend.ts'
import { mapStyle } from './style.ts'

/** The map as a file of its own: complete, with its style, a title, a legend; light or dark as the reader's system is. */
export function mapFile(
  layout: Layout,
  name: string,
): { readonly svg: string; readonly width: number; readonly height: number } {
  const head = 54
  const width = Math.max(layout.width, 720)
  const { markup, height: foot } = legend(layout, width - 56)
  const height = layout.height + head + foot + 24
  const left = (width - layout.width) / 2
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(`Map of ${name}`)}">
<style>${colourScheme()}${mapStyle}</style>
${markers}
<rect class="paper" width="${width}" height="${height}"/>
<text class="map-title" x="28" y="38">${escapeMarkup(name)}</text>
<g transform="translate(${left} ${head})">${mapContent(layout)}</g>
<g transform="translate(28 ${height - foot - 12})">${markup}</g>
</svg>
`
  return { svg, width, height }
}

/** The map inside of another document that has its style. */
export function mapInline(layout: Layout, name: string): string {
  return `<svg class="map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${layout.height}" data-width="${layout.width}" data-height="${layout.height}" role="img" aria-label="${escapeMarkup(`Map of ${name}: ${layout.nodes.length} boxes, ${layout.links.length} links`)}">
${markers}
<g class="view">${mapContent(layout)}</g>
</svg>`
}

const markers = `<defs>
<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="arrow" d="M0 .8 7.5 4 0 7.200z"/></marker>
<marker id="arrow-marked" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="5" markerHeight="5" orient="auto-start-reverse"><path class="arrow marked" d="M0 .5 7.5 4 0 7.500z"/></marker>
</defs>`

function mapContent({ groups, links, nodes }: Layout): string {
  return [
    ...groups.map(groupMarkup),
    ...links.map(linkMarkup),
    '<g class="path-layer"></g>',
    ...nodes.map(nodeMarkup),
  ].join('\n')
}

function groupMarkup(group: Layout['groups'][number]): string {
  const { x, y, width, height, label } = group
  return `<g class="group"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/><text x="${x + 16}" y="${y + 21}">${escapeMarkup(shortened(label, width - 32, 6.6))}</text></g>`
}

function linkMarkup({ from, to, calls, optional, asynchronous, points }: Layout['links'][number]): string {
  const manner = [optional ? 'optional' : '', asynchronous ? 'asynchronous' : ''].filter(
    (word) => word !== '',
  )
  const words = `${from} calls ${to}${calls > 1 ? ` (${calls} calls)` : ''}${manner.length === 0 ? '' : `, ${manner.join(', ')}`}`
  const weight = calls < 4 ? [] : [calls < 16 ? 'some' : 'many-calls']
  return `<path class="${['link', ...weight, ...manner].join(' ')}" d="${curve(points)}" data-from="${escapeMarkup(from)}" data-to="${escapeMarkup(to)}"><title>${escapeMarkup(words)}</title></path>`
}

/** Through all points, level at each of them. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let last = first
  const parts = [`M${first.x} ${first.y}`]
  for (const point of rest) {
    const middle = Math.round((last.x + point.x) * 5) / 10
    parts.push(
      last.y === point.y
        ? `L${point.x} ${point.y}`
        : `C${middle} ${last.y} ${middle} ${point.y} ${point.x} ${point.y}`,
    )
    last = point
  }
  return parts.join('')
}

function nodeMarkup(node: Layout['nodes'][number]): string {
  const { x, y, width, height, kind, label, detail, findings, worst, components } = node
  const room = width - 54
  const drop = isDrum(kind) ? 4 : 0
  const many = components.length > 1
  const spoken = `${label}, ${detail}${findings === 0 ? '' : `, ${findings} ${findings === 1 ? 'finding' : 'findings'} of high or critical severity`}`
  const classes = [
    'node',
    `kind-${kind}`,
    ...(many ? ['many'] : []),
    ...(worst === undefined ? [] : [`worst-${worst}`]),
  ]
  return `<g class="${classes.join(' ')}" transform="translate(${x} ${y})" data-id="${escapeMarkup(node.id)}" data-components="${escapeMarkup(JSON.stringify(components))}"><title>${escapeMarkup(spoken)}</title>${many ? behind({ width, height }) : ''}${shape(kind, { width, height })}<path class="icon" transform="translate(13 ${height / 2 - 8 + drop})" d="${icons[kind]}"/><text class="label" x="40" y="${height / 2 - 3 + drop}">${escapeMarkup(shortened(label, room, 7.6))}</text><text class="detail" x="40" y="${height / 2 + 12 + drop}">${escapeMarkup(shortened(detail, room, 6.4))}</text>${badge(findings, worst, width)}</g>`
}

type Size = Pick<Box, 'width' | 'height'>

/** A stack of cards where a box stands for many components. */
function behind({ width, height }: Size): string {
  return `<rect class="shape" x="6" y="6" width="${width}" height="${height}" rx="9"/><rect class="shape" x="3" y="3" width="${width}" height="${height}" rx="9"/>`
}

/** Stores and caches are drums, gateways point onwards, brokers are slanted, clients and externals round. */
function shape(kind: ComponentKind, { width: w, height: h }: Size): string {
  const path = (d: string) => `<path class="shape" d="${d}"/>`
  if (isDrum(kind))
    return `${path(`M0 5C0-2 ${w}-2 ${w} 5V${h - 5}C${w} ${h + 2} 0 ${h + 2} 0 ${h - 5}Z`)}<path class="rim" d="M0 5C0 12 ${w} 12 ${w} 5"/>`
  if (kind === 'gateway')
    return path(`M9 0H${w - 14}L${w} ${h / 2}L${w - 14} ${h}H9Q0 ${h} 0 ${h - 9}V9Q0 0 9 0Z`)
  if (kind === 'broker') return path(`M10 0H${w}L${w - 10} ${h}H0Z`)
  if (kind === 'secret-store' || kind === 'identity-provider')
    return path(`M10 0H${w - 10}L${w} 10V${h - 10}L${w - 10} ${h}H10L0 ${h - 10}V10Z`)
  const round = kind === 'client' || kind === 'external'
  return `<rect class="shape" width="${w}" height="${h}" rx="${round ? h / 2 : 9}"/>`
}

function isDrum(kind: ComponentKind): boolean {
  return kind === 'store' || kind === 'cache'
}

function badge(findings: number, worst: string | undefined, width: number): string {
  if (worst === undefined) return ''
  if (findings === 0)
    return `<g class="badge" transform="translate(${width - 9} -5)"><rect width="12" height="12" rx="6"/></g>`
  const text = findings > 99 ? '99+' : String(findings)
  const size = 12 + text.length * 6.5
  return `<g class="badge" transform="translate(${width - size + 6} -8)"><rect width="${size}" height="18" rx="9"/><text x="${size / 2}" y="13">${text}</text></g>`
}

/** As much of a text as fits, with the width of one letter as its measure. */
function shortened(text: string, room: number, letter: number): string {
  const most = Math.max(3, Math.floor(room / letter))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
