import { formatPlace } from '@plimsoll/base'
import { severities } from '../../judge.ts'
import type { Coverage } from '../coverage.ts'
import { escapeMarkup } from '../escape.ts'
import type { Report } from '../report.ts'
import { deltaHint } from './delta.ts'

const mark =
  '<svg class="mark" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="15"/><path d="M2 24H46"/></svg>'

/** What a reader sees first: the verdict, and how many findings of which severity. */
export function heading(report: Report): string {
  const { architecture, findings, passed, failOn, coverage } = report
  const failing = findings.filter(({ fails }) => fails).length
  // Against an earlier report only what is new or worse counts, whatever else is listed below.
  const news = findings.some(({ change }) => change !== undefined) ? ' new or worse' : ''
  const sentence = passed
    ? `Nothing${news} at ${failOn} or above.`
    : `${failing}${news} ${failing === 1 ? 'finding' : 'findings'} at ${failOn} or above.`
  const tiles = severities.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return `<div class="tile ${severity}${count === 0 ? ' none' : ''}"><dt>${severity}</dt><dd>${count}</dd></div>`
  })
  const { components, calls, operations } = architecture
  const size = [
    `${components.length} components`,
    ...(operations.length === 0 ? [] : [`${operations.length} operations`]),
    `${calls.length} calls`,
  ].join(' · ')
  return `<header>
${mark}
<div class="what"><h1>${escapeMarkup(architecture.name)}</h1><p><strong class="verdict ${passed ? 'passed' : 'failed'}">${passed ? 'Passed' : 'Failed'}</strong> ${sentence} <span class="size">${size}; ${percent(coverage)} of the facts that rules ask for are known</span></p>${imagined(report)}${deltaHint(report.delta)}</div>
<dl class="tiles">${tiles.join('')}</dl>
</header>`
}

function imagined({ imagined: changes = [] }: Report): string {
  if (changes.length === 0) return ''
  return `<p class="imagined">Imagined: ${escapeMarkup(changes.join('; '))}</p>`
}

/** How much of the architecture could be seen, by kind of fact. */
export function coverageSection({ kinds }: Coverage): string {
  const rows = kinds.map(({ about, known, asked, inferred }) => {
    const share = Math.round((known / asked) * 100)
    const concluded = inferred === 0 ? '' : `, ${inferred} of them concluded`
    return `<tr><th scope="row">${about}</th><td><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="8" rx="2"/><rect class="filled" width="${share}" height="8" rx="2"/></svg></td><td class="figure">${share}%</td><td class="quiet">${known} of ${asked}${concluded}</td></tr>`
  })
  return `<section class="wide" aria-labelledby="coverage-title"><h2 id="coverage-title">How much could be seen</h2>
<p class="quiet">Share of the facts that the files state, of those that rules ask for. What is not known is not counted as fine.</p>
<table class="coverage">${rows.join('')}</table></section>`
}

/** Questions that the files do not answer, by rule. */
export function unknownsSection({ unknowns }: Report): string {
  if (unknowns.length === 0) return ''
  const groups = [...Map.groupBy(unknowns, ({ rule }) => rule)].map(
    ([rule, its]) =>
      `<details class="unknown"><summary><b>${escapeMarkup(rule)}</b> ${its.length === 1 ? '1 question' : `${its.length} questions`}</summary><ul>${its.map(({ message }) => `<li>${escapeMarkup(message)}</li>`).join('')}</ul></details>`,
  )
  return `<section class="wide" aria-labelledby="unknown-title"><h2 id="unknown-title">Not evidenced (${unknowns.length})</h2>
<p class="quiet">The files do not say; neither a finding nor fine.</p>${groups.join('\n')}</section>`
}

/** Waivers that do nothing, findings that are gone, and what the readers could not use. */
export function remarksSection({ remarks, removed, architecture: { notes } }: Report): string {
  const items = [
    ...remarks.map(({ place, message, fix = '' }) => `${formatPlace(place)}: ${message}; ${fix}`),
    ...removed.map(({ rule, subject }) => `Gone since the earlier report: ${rule} ${subject}`),
    ...notes.map(({ evidence, message }) => `Not read: ${formatPlace(evidence)} ${message}`),
  ]
  if (items.length === 0) return ''
  return `<section class="wide" aria-labelledby="remarks-title"><h2 id="remarks-title">Remarks</h2><ul>${items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ul></section>`
}

function percent({ known, asked }: Coverage): string {
  return `${asked === 0 ? 0 : Math.floor((known / asked) * 100)}%`
}
