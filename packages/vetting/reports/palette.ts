/** Colours of a report on paper and screen. Text has at least 4.5 : 1 against what it stands on (WCAG 2.2, 1.4.3). */
interface Palette {
  readonly paper: string
  readonly panel: string
  readonly raised: string
  readonly ink: string
  readonly quiet: string
  readonly line: string
  readonly edge: string
  readonly accent: string
  readonly good: string
  readonly group: string
  readonly critical: string
  readonly high: string
  readonly medium: string
  readonly low: string
  /** On a severity's colour. */
  readonly onSeverity: string
}

export const light: Palette = {
  paper: '#f6f7f9',
  panel: '#ffffff',
  raised: '#eef1f5',
  ink: '#14202e',
  quiet: '#53606f',
  line: '#d5dbe3',
  edge: '#9aa6b4',
  accent: '#0b63b0',
  good: '#17703a',
  group: '#e9eef6',
  critical: '#a3123f',
  high: '#bc3908',
  medium: '#8a5a00',
  low: '#4d5b6b',
  onSeverity: '#ffffff',
}

export const dark: Palette = {
  paper: '#0e141b',
  panel: '#151d27',
  raised: '#1e2936',
  ink: '#e8edf3',
  quiet: '#9fb0c1',
  line: '#2c3a4a',
  edge: '#5c6d80',
  accent: '#74b8ff',
  good: '#6fd394',
  group: '#192431',
  critical: '#ff8fab',
  high: '#ffa36b',
  medium: '#f2c94c',
  low: '#a9b8c8',
  onSeverity: '#10161d',
}

/** The palette as custom properties of a style sheet. */
function properties(palette: Palette): string {
  return Object.entries(palette)
    .map(
      ([name, colour]) =>
        `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${String(colour)}`,
    )
    .join(';')
}

/** Both palettes: the reader's system chooses; paper is light. */
export function colourScheme(): string {
  return `:root{color-scheme:light dark;${properties(light)}}
@media (prefers-color-scheme:dark){:root{${properties(dark)}}}
@media print{:root{color-scheme:light;${properties(light)}}}
`
}
