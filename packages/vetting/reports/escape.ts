import { stripVTControlCharacters } from 'node:util'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for HTML, SVG and attributes in quotes; without control characters, which neither may hold. */
export function escapeMarkup(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

/**
 * Text that came from outside, on one line, without anything that a terminal would obey or that turns the direction of
 * writing (CVE-2021-42574).
 */
export function visible(text: string): string {
  return stripVTControlCharacters(text).toWellFormed().replaceAll(unseen, '\u{fffd}')
}

/** Controls, line and paragraph separators, marks and overrides of direction, and what is no character. */
const unseen = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu
