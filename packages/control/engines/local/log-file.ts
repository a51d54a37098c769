import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'

const largestBytes = 5 * 1024 * 1024
const longestLine = 16_384
const keptLines = 40

/** What a replica writes, in a file of bounded size with one older file beside it. A full disk loses lines, nothing else. */
export class LogFile {
  readonly #path: string
  readonly #last: string[] = []
  #file: number | undefined
  #size = 0
  #rest = ''

  constructor(path: string) {
    this.#path = path
  }

  /** Takes output as it comes; lines are kept whole. */
  write(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, longestLine)
    for (const line of lines) this.#line(line.slice(0, longestLine))
  }

  /** The last lines that were written. */
  get last(): readonly string[] {
    return this.#last
  }

  close(): void {
    if (this.#rest !== '') this.#line(this.#rest)
    this.#rest = ''
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #line(line: string): void {
    this.#last.push(line)
    if (this.#last.length > keptLines) this.#last.shift()
    try {
      this.#file ??= this.#open()
      this.#size += writeSync(this.#file, `${line}\n`)
      if (this.#size > largestBytes) this.#rotate()
    } catch {
      // The disk is full or the folder is gone: the service is worth more than its log.
    }
  }

  #open(): number {
    const file = openSync(this.#path, 'a', 0o600)
    this.#size = statSync(this.#path).size
    return file
  }

  #rotate(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    renameSync(this.#path, `${this.#path}.1`)
  }
}

/** The last lines of a log file, the older file before it included. */
export function lastLines(path: string, most: number): readonly string[] {
  const texts = [`${path}.1`, path]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .slice(-most)
}
