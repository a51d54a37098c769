/** One fenced block of a document. */
export interface Block {
  readonly language: string
  readonly text: string
  /** 1-based line of the fence. */
  readonly line: number
  /** The file that the block is, where its first line says so: `// services/pricing/contract.ts` or `# compose.yaml`. */
  readonly file: string | undefined
}

/** A command of a `console` block, and what it prints. */
export interface Step {
  readonly command: string
  /** Lines of the expected output; a line `…` stands for any lines, `…` at its end for the rest of it. */
  readonly output: readonly string[]
}

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm

/** All fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(fence)].map(({ 1: language = '', 2: text = '', index }) => {
    const [, file] = /^(?:\/\/|#) ([\w./-]+\.\w+)\s*(?::.*)?$/.exec(text.split('\n')[0] ?? '') ?? []
    return { language, text, line: markdown.slice(0, index).split('\n').length, file }
  })
}

/** The commands of a `console` block: lines that begin with `$ `, each followed by its output. */
export function stepsOf({ text }: Block): readonly Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [first = '', ...output] = part.trimEnd().split('\n')
      return { command: first, output }
    })
}

/** What differs between two runs on purpose: digests, times, processes, sizes. */
export function withoutFigures(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{12}\b/g, '‹digest›')
    .replaceAll(/\bsha256:[0-9a-f]{64}\b/g, '‹digest›')
    .replaceAll(/\d+(?:\.\d+)? s\b/g, '‹time›')
    .replaceAll(/\bpid \d+/g, 'pid ‹id›')
    .replaceAll(/\d+ MiB/g, '‹size›')
    .replaceAll(/localhost:\d+/g, 'localhost:‹port›')
    .replaceAll(/ +/g, ' ')
    .trim()
}

/** True where printed lines are those that a document shows. */
export function matches(shown: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = shown
  if (first === undefined) return printed.every((line) => line === '')
  if (first === '…') return printed.some((_, at) => matches(rest, printed.slice(at))) || matches(rest, [])
  const [line] = printed
  const same = first.endsWith('…') ? line?.startsWith(first.slice(0, -1)) === true : line === first
  return same && matches(rest, printed.slice(1))
}
