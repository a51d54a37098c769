import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { escapeMarkup } from './escape.ts'
import { drawingOf, layOut, mapInline, mapStyle, ownersOf } from './map/index.ts'
import { legend } from './map/legend.ts'
import { deltaSection } from './page/delta.ts'
import { findingsSection } from './page/findings.ts'
import { coverageSection, heading, remarksSection, unknownsSection } from './page/overview.ts'
import { colourScheme } from './palette.ts'
import type { Report } from './report.ts'

const script = readFileSync(new URL('./page/script.js', import.meta.url), 'utf8')
const style = readFileSync(new URL('./page/style.css', import.meta.url), 'utf8')

/**
 * A report as one file that needs nothing else: no network, and a policy that lets a browser run only the script and use only the
 * style that are in it (Content Security Policy Level 3, hashes). Everything from outside is escaped.
 */
export function renderHtml(report: Report): string {
  const { architecture, findings } = report
  const map = drawingOf(architecture, findings)
  const layout = layOut(map)
  const signs = legend(layout, 1_000)
  const owners = ownersOf(architecture)
  const css = `${colourScheme()}${style}${mapStyle}`
  const title = escapeMarkup(`${architecture.name}: ${report.passed ? 'passed' : 'failed'}`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(css, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} · Plimsoll</title>
<style>${css}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${heading(report)}
<main>
${findingsSection(report, owners)}
<section class="map-section" aria-labelledby="map-title">
<div class="map-bar"><h2 id="map-title">Map</h2>
<p class="map-hint">${escapeMarkup(hintOf(map))}</p>
<div class="buttons"><button type="button" data-map="in" aria-label="Zoom in">+</button><button type="button" data-map="out" aria-label="Zoom out">−</button><button type="button" data-map="fit">Whole map</button></div></div>
<div class="map-frame" tabindex="0" role="region" aria-label="Map. Arrow keys move, plus and minus zoom, 0 shows all, Escape clears the selection.">
${mapInline(layout, architecture.name)}
</div>
<svg class="legend-line" viewBox="0 0 1000 ${signs.height}" preserveAspectRatio="xMinYMid meet" aria-hidden="true">${signs.markup}</svg>
<p class="status" role="status" aria-live="polite"></p>
</section>
</main>
${deltaSection(report.delta)}
${coverageSection(report.coverage)}
${unknownsSection(report)}
${remarksSection(report)}
<footer>${escapeMarkup(report.tool)} · judged ${escapeMarkup(report.day)} · architecture <code>${escapeMarkup(report.digest)}</code></footer>
<script type="module">${script}</script>
</body>
</html>
`
}

function policy(css: string, code: string): string {
  return [
    "default-src 'none'",
    `style-src '${hash(css)}'`,
    `script-src '${hash(code)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hash(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`
}

function hintOf({ groupedBy, collapsedBy }: ReturnType<typeof drawingOf>): string {
  if (collapsedBy !== undefined) return `One box for each ${collapsedBy}: too many components to read each`
  return groupedBy === undefined
    ? 'Callers left, what they call right'
    : `Callers left, what they call right; areas are ${groupedBy}s`
}
