import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import { severities } from '../judge.ts'
import { renderHtml } from './html.ts'
import { renderMap } from './map/map.ts'
import { dark, light } from './palette.ts'
import { reportOn } from './report.ts'
import { hostile, judgementOf, shop } from './testing/architectures.ts'

const clock = { now: () => Date.parse('2026-11-24T00:00:00Z') }
const waiver = { rule: 'AV1', owner: 'ada', expires: '2026-12-31', place: { file: 'plimsoll.waivers.yaml' } }

function page(rename: (name: string) => string = (name) => name): string {
  const architecture = shop(rename)
  const report = reportOn(architecture, {
    judgement: judgementOf(architecture, rename),
    clock,
    imagined: [rename('without orders')],
    waivers: [{ ...waiver, subject: rename('payments'), reason: rename('one for now') }],
  })
  return renderHtml(report)
}

/** Every tag with the names of its attributes, in the order of the page: what a browser would build. */
function shapeOf(markup: string): readonly string[] {
  return [...markup.matchAll(/<(\/?[a-z!][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*\/?>/gi)].map(
    ([, tag, attributes = '']) =>
      [tag, ...[...attributes.matchAll(/([\w:-]+)(?:="[^"]*")?/g)].map(([, name]) => name)].join(' '),
  )
}

function without(markup: string): string {
  return markup
    .replace(/<style>.*?<\/style>/s, '<style></style>')
    .replace(/(<script type="module">).*?<\/script>\n<\/body>/s, '$1</script>\n</body>')
}

suite('a report as a page', () => {
  test('needs nothing from anywhere', () => {
    const html = page()
    assert.doesNotMatch(html.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//)
    assert.doesNotMatch(html, /<(?:link|img|iframe|object|embed)\b|@import|url\((?!['"]?#)/)
  })

  test('its policy allows exactly its own script and style', () => {
    const html = page()
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? []
    const [, script = ''] = /<script type="module">(.*?)<\/script>/s.exec(html) ?? []
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? []
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    assert.equal(
      policy,
      `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`,
    )
    assert.doesNotMatch(without(html), / style="| on\w+="/)
  })

  test('attack: names build no element and no attribute that harmless names would not', () => {
    const [harmless, attacked] = [without(page()), without(page(hostile))]
    const body = (html: string) =>
      shapeOf(html).filter((shape) => !/^(?:path|rect|text|g|svg|title|\/)/.test(shape))
    assert.deepEqual(body(attacked), body(harmless))
    assert.equal(attacked.match(/<script/g)?.length, 1)
    assert.doesNotMatch(attacked, /<img|<\/title><\/script>/)
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.doesNotMatch(attacked, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })

  test('attack: names build nothing in a map', () => {
    const { svg } = renderMap(shop(hostile), judgementOf(shop(hostile), hostile).findings)
    const tags = new Set(shapeOf(svg).map((shape) => shape.split(' ')[0] ?? ''))
    const known = new Set(['defs', 'g', 'marker', 'path', 'rect', 'style', 'svg', 'text', 'title'])
    assert.deepEqual(
      [...tags].filter((tag) => !known.has(tag.replace('/', ''))),
      [],
    )
    assert.doesNotMatch(svg, /<script|<img|onerror=alert\(1\)>/)
  })

  test('says why, what removes it, the path and the place of each finding', () => {
    const html = page()
    for (const words of [
      'Title of AV1',
      'correct payments',
      'is needed',
      'deploy/compose.yaml:12',
      'one for now',
    ])
      assert.ok(html.includes(words), words)
    assert.match(html, /data-links="\[\[&quot;storefront&quot;,&quot;gateway&quot;\],/)
  })

  test('against an earlier report says that only what is new counts', () => {
    const judgement = judgementOf(shop())
    const since = judgement.findings
    assert.match(
      renderHtml(reportOn(shop(), { judgement, since })),
      /Nothing new or worse at high or above\./,
    )
    assert.match(renderHtml(reportOn(shop(), { judgement })), /\d+ findings? at high or above\./)
  })

  test('text has enough contrast on everything that it stands on, light and dark', () => {
    for (const palette of [light, dark]) {
      for (const ground of [palette.paper, palette.panel, palette.raised, palette.group]) {
        for (const text of [palette.ink, palette.quiet])
          assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}`)
        for (const severity of severities)
          assert.ok(
            contrast(palette[severity], ground) >= 4.5,
            `${severity} ${palette[severity]} on ${ground}`,
          )
      }
      for (const severity of severities)
        assert.ok(contrast(palette.onSeverity, palette[severity]) >= 4.5, severity)
      assert.ok(contrast(palette.onSeverity, palette.good) >= 4.5)
      assert.ok(contrast(palette.accent, palette.panel) >= 4.5)
    }
  })
})

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
