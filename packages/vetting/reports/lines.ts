import { styleText } from 'node:util'
import { visible } from './escape.ts'

/** How a report is written. */
export interface ReportOptions {
  readonly colour: boolean
  /** Columns. */
  readonly width: number
}

export type Style = Parameters<typeof styleText>[0]

/** A piece of a line in its style. */
export type Piece = string | readonly [Style, string]

/** How a sentence is broken into lines. */
export interface Wrapping {
  /** Before the first line, and before each further one: its length in spaces. */
  readonly indent: string
  readonly style?: Style | undefined
  /** More lines than this end with an ellipsis. */
  readonly most?: number | undefined
}

/** Lines of a report. Whatever comes from outside is stripped of what a terminal would obey. */
export class TextPage {
  readonly #lines: string[] = []
  readonly #options: ReportOptions

  constructor(options: ReportOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#lines.length
  }

  line(...pieces: readonly Piece[]): void {
    this.#lines.push(this.#styled(pieces))
  }

  /** A line that ends with an ellipsis where it would be wider than the page. */
  fitted(...pieces: readonly Piece[]): void {
    let room = Math.max(20, this.#options.width)
    const kept: Piece[] = []
    for (const piece of pieces) {
      const text = visible(typeof piece === 'string' ? piece : piece[1])
      const part = text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`
      kept.push(typeof piece === 'string' ? part : [piece[0], part])
      room -= part.length
      if (text.length > part.length || room <= 0) break
    }
    this.line(...kept)
  }

  gap(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('')
  }

  /** A sentence over as many lines as it needs. */
  wrapped(text: string, { indent, style, most = Infinity }: Wrapping): void {
    const width = Math.max(20, this.#options.width)
    const hanging = ' '.repeat(indent.length)
    const lines: string[] = []
    let line = indent
    let used = false
    for (const word of visible(text).split(' ')) {
      if (used && line.length + 1 + word.length > width) {
        lines.push(line)
        line = hanging + word
      } else {
        line = used ? `${line} ${word}` : line + word
      }
      used = true
    }
    lines.push(line)
    const kept =
      lines.length <= most ? lines : [...lines.slice(0, most - 1), cut(lines[most - 1] ?? '', width)]
    for (const each of kept) this.line(style === undefined ? each : [style, each])
  }

  text(): string {
    return this.#lines.join('\n')
  }

  #styled(pieces: readonly Piece[]): string {
    return pieces
      .map((piece) => {
        if (typeof piece === 'string') return visible(piece)
        const text = visible(piece[1])
        return this.#options.colour ? styleText(piece[0], text, { validateStream: false }) : text
      })
      .join('')
      .trimEnd()
  }
}

function cut(line: string, width: number): string {
  return line.length < width ? `${line} …` : `${line.slice(0, width - 2)} …`
}
