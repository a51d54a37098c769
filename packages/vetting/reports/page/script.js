// Runs in the report's page: filters, the selected finding on the map, and moving the map. Plain JavaScript with checked types,
// because the file goes into the report as it is.

/**
 * @typedef {{ x: number, y: number, width: number, height: number }} View
 * @typedef {HTMLDetailsElement} Finding
 */

/**
 * All elements of one class.
 * @template {Element} Kind
 * @param {new () => Kind} kind
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {Kind[]}
 */
function all(kind, selector, within = document) {
  /** @type {Kind[]} */
  const found = []
  for (const element of within.querySelectorAll(selector)) if (element instanceof kind) found.push(element)
  return found
}

/**
 * @template {Element} Kind
 * @param {new () => Kind} kind
 * @param {string} selector
 * @returns {Kind}
 */
function one(kind, selector) {
  const [element] = all(kind, selector)
  if (element === undefined) throw new Error(`the page has no ${selector}`)
  return element
}

const findings = all(HTMLDetailsElement, 'details.finding')
const map = one(SVGSVGElement, 'svg.map')
const frame = one(HTMLElement, '.map-frame')
const layer = one(SVGGElement, 'svg.map .path-layer')
const severityNames = ['critical', 'high', 'medium', 'low']
const [filters] = all(HTMLFormElement, 'form.filters')
const status = one(HTMLElement, '.status')
/** @type {View} */
const whole = { x: 0, y: 0, width: Number(map.dataset['width']), height: Number(map.dataset['height']) }
/** Component → its box; a box may stand for many. @type {Map<string, SVGGElement>} */
const boxes = new Map()
for (const box of all(SVGGElement, '.node', map))
  for (const id of listOf(box, 'components')) boxes.set(id, box)
/** @type {Map<string, SVGPathElement>} */
const links = new Map()
for (const link of all(SVGPathElement, 'path.link', map))
  links.set(JSON.stringify([link.dataset['from'], link.dataset['to']]), link)

let view = { ...whole }
/** @type {Finding | undefined} */
let selected

// ---- Filters

/** Shows the findings that fit all filters. */
function filter() {
  if (filters === undefined) return
  const data = new FormData(filters)
  const words = textOf(data, 'text')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const severities = data.getAll('severity').map(String)
  const rule = textOf(data, 'rule')
  const component = textOf(data, 'component')
  const fitting = findings
    .filter((finding) => severities.some((severity) => severity === finding.dataset['severity']))
    .filter((finding) => rule === '' || rule === finding.dataset['rule'])
    .filter((finding) => component === '' || listOf(finding, 'places').includes(component))
    .filter((finding) => hasWords(finding, words))
  present(new Set(fitting))
}

/** @param {Finding} finding @param {readonly string[]} words */
function hasWords({ textContent }, words) {
  const text = textContent.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** @param {ReadonlySet<Finding>} fitting */
function present(fitting) {
  for (const finding of findings) {
    finding.hidden = !fitting.has(finding)
    if (finding.hidden) finding.open = false
  }
  const some = fitting.size === findings.length ? '' : ` of ${findings.length}`
  for (const count of all(HTMLElement, '.shown')) count.textContent = `${fitting.size}${some}`
  for (const none of all(HTMLElement, '.none-shown')) none.hidden = fitting.size > 0
}

/** @param {FormData} data @param {string} name */
function textOf(data, name) {
  const value = data.get(name)
  return typeof value === 'string' ? value : ''
}

/** @param {string} component */
function filterBy(component) {
  const select = /** @type {HTMLSelectElement | null} */ (filters?.elements.namedItem('component') ?? null)
  if (select === null) return
  select.value = [...select.options].some(({ value }) => value === component) ? component : ''
  filter()
  status.textContent = select.value === '' ? 'All findings' : `Findings of ${component}`
}

// ---- Selection

/** Draws the way of a finding on the map; of none, clears it. @param {Finding | undefined} finding */
function select(finding) {
  selected = finding
  layer.replaceChildren()
  for (const box of new Set(boxes.values())) box.classList.remove('on-path', 'place', ...severityNames)
  map.classList.toggle('selecting', finding !== undefined)
  if (finding !== undefined) mark(finding)
}

/** @param {Finding} finding */
function mark(finding) {
  const marked = new Set(listOf(finding, 'nodes').flatMap((id) => boxes.get(id) ?? []))
  for (const box of marked) box.classList.add('on-path')
  for (const id of listOf(finding, 'places'))
    boxes.get(id)?.classList.add('place', finding.dataset['severity'] ?? '')
  for (const pair of /** @type {[string, string][]} */ (JSON.parse(finding.dataset['links'] ?? '[]'))) {
    const link = linkBetween(pair)
    if (link !== undefined) layer.append(markOf(link))
  }
  reveal([...marked])
  status.textContent = `${marked.size} ${marked.size === 1 ? 'box' : 'boxes'} marked on the map`
}

/** The link of two components, whichever of them calls. @param {[string, string]} pair */
function linkBetween([a, b]) {
  const [from, to] = [boxes.get(a)?.dataset['id'], boxes.get(b)?.dataset['id']]
  return links.get(JSON.stringify([from, to])) ?? links.get(JSON.stringify([to, from]))
}

/** @param {SVGPathElement} link */
function markOf(link) {
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', link.getAttribute('d') ?? '')
  path.setAttribute('class', 'marked-link')
  return path
}

/** @param {HTMLElement | SVGElement} element @param {string} name @returns {string[]} */
function listOf(element, name) {
  return JSON.parse(element.dataset[name] ?? '[]')
}

// ---- The map's view

/** @param {View} next */
function show(next) {
  view = next
  map.setAttribute('viewBox', `${next.x} ${next.y} ${next.width} ${next.height}`)
}

/** The whole map; never larger than life, so that few boxes do not fill a screen. */
function fit() {
  const { width, height } = frame.getBoundingClientRect()
  show(centred(whole, Math.max(whole.width, width), Math.max(whole.height, height)))
}

/** @param {View} inner @param {number} width @param {number} height @returns {View} */
function centred(inner, width, height) {
  return { x: inner.x + (inner.width - width) / 2, y: inner.y + (inner.height - height) / 2, width, height }
}

/** Makes sure that boxes can be seen and read. @param {SVGGElement[]} marked */
function reveal(marked) {
  if (marked.length === 0) return
  const places = marked.map(placeOf)
  const x = Math.min(...places.map((place) => place.x)) - 60
  const y = Math.min(...places.map((place) => place.y)) - 60
  const right = Math.max(...places.map((place) => place.x + place.width)) + 60
  const bottom = Math.max(...places.map((place) => place.y + place.height)) + 60
  const inside = x >= view.x && y >= view.y && right <= view.x + view.width && bottom <= view.y + view.height
  const readable = frame.getBoundingClientRect().width / view.width > 0.55
  if (inside && readable) return
  const box = { x, y, width: right - x, height: bottom - y }
  const { width, height } = frame.getBoundingClientRect()
  show(centred(box, Math.max(box.width, width), Math.max(box.height, height)))
}

/** @param {SVGGElement} box @returns {View} */
function placeOf(box) {
  const [x = 0, y = 0] = (box.getAttribute('transform') ?? '').match(/-?[\d.]+/g)?.map(Number) ?? []
  const { width, height } = box.getBBox()
  return { x, y, width, height }
}

/** @param {number} factor above 1 shows more @param {{ x: number, y: number }} [around] in the map's units */
function zoom(factor, around = { x: view.x + view.width / 2, y: view.y + view.height / 2 }) {
  const most = Math.max(whole.width, whole.height) * 3
  const width = Math.min(most, Math.max(180, view.width * factor))
  const scale = width / view.width
  show({
    x: around.x - (around.x - view.x) * scale,
    y: around.y - (around.y - view.y) * scale,
    width,
    height: view.height * scale,
  })
}

/** @param {number} x @param {number} y in parts of what is seen */
function move(x, y) {
  show({ ...view, x: view.x + view.width * x, y: view.y + view.height * y })
}

/** A place on the screen, in the map's units. @param {{ clientX: number, clientY: number }} event */
function pointOf({ clientX, clientY }) {
  const matrix = map.getScreenCTM()
  return matrix === null ? { x: 0, y: 0 } : new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse())
}

// ---- Mouse, touch, keyboard

/** @type {Map<number, { x: number, y: number }>} */
const pointers = new Map()
let travelled = 0

frame.addEventListener('pointerdown', (event) => {
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
  travelled = 0
})
frame.addEventListener('pointermove', (event) => {
  const last = pointers.get(event.pointerId)
  if (last === undefined) return
  const before = spread()
  const [from, to] = [pointOf({ clientX: last.x, clientY: last.y }), pointOf(event)]
  travelled += Math.abs(event.clientX - last.x) + Math.abs(event.clientY - last.y)
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
  if (pointers.size === 1 && travelled > 3) {
    frame.setPointerCapture(event.pointerId)
    frame.classList.add('dragged')
    show({ ...view, x: view.x + from.x - to.x, y: view.y + from.y - to.y })
  }
  const after = spread()
  if (before > 0 && after > 0) zoom(before / after, to)
})
for (const end of /** @type {const} */ (['pointerup', 'pointercancel', 'pointerleave'])) {
  frame.addEventListener(end, (event) => {
    pointers.delete(event.pointerId)
    frame.classList.remove('dragged')
  })
}

/** How far two fingers are apart. */
function spread() {
  const [a, b] = pointers.values()
  return a === undefined || b === undefined ? 0 : Math.hypot(a.x - b.x, a.y - b.y)
}

frame.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault()
    zoom(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY / 400))), pointOf(event))
  },
  { passive: false },
)
map.addEventListener('click', (event) => {
  if (travelled > 3) return
  const box = event.target instanceof Element ? event.target.closest('.node') : null
  if (box instanceof SVGElement) filterBy(listOf(box, 'components')[0] ?? '')
})

const keys = /** @type {Readonly<Record<string, () => void>>} */ ({
  ArrowLeft: () => move(-0.1, 0),
  ArrowRight: () => move(0.1, 0),
  ArrowUp: () => move(0, -0.1),
  ArrowDown: () => move(0, 0.1),
  '+': () => zoom(0.8),
  '=': () => zoom(0.8),
  '-': () => zoom(1.25),
  0: fit,
})
frame.addEventListener('keydown', (event) => {
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
  if (act === undefined) return
  event.preventDefault()
  act()
})
for (const button of all(HTMLButtonElement, 'button[data-map]')) {
  const act = { in: () => zoom(0.8), out: () => zoom(1.25), fit }[button.dataset['map'] ?? '']
  if (act !== undefined) button.addEventListener('click', act)
}

/** The finding whose heading has the focus, and the next one that is shown. @param {number} by */
function step(by) {
  const shown = findings.filter(({ hidden }) => !hidden)
  const at = shown.findIndex((finding) => finding.contains(document.activeElement))
  shown[at + by]?.querySelector('summary')?.focus()
}

document.querySelector('.list')?.addEventListener('keydown', (event) => {
  if (
    !(event instanceof KeyboardEvent) ||
    !(event.target instanceof Element) ||
    event.target.tagName !== 'SUMMARY'
  )
    return
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (by === undefined) return
  event.preventDefault()
  step(by)
})
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || selected === undefined) return
  const { activeElement } = document
  if (selected.contains(activeElement)) selected.querySelector('summary')?.focus()
  selected.open = false
})

for (const finding of findings) {
  finding.addEventListener('toggle', () => {
    if (finding.open) select(finding)
    else if (selected === finding) select(undefined)
  })
}
filters?.addEventListener('input', filter)
filters?.addEventListener('submit', (event) => event.preventDefault())
addEventListener('beforeprint', () => show(whole))
addEventListener('afterprint', fit)
addEventListener('resize', () => {
  if (selected === undefined) fit()
})
const named = document.getElementById(decodeURIComponent(location.hash.slice(1)))
fit()
if (named instanceof HTMLDetailsElement) {
  named.open = true
  named.querySelector('summary')?.focus({ preventScroll: true })
  scrollTo(0, 0)
}
