import { activeRedactor, activeScope } from '../telemetry/call-scope.ts'
import type { Logger } from '../log.ts'
import type { EngineChannel } from './channel.ts'

type Stream = Pick<NodeJS.WriteStream, 'write'>
const decoder = new TextDecoder()
const longestOutput = 65_536

/**
 * Makes one structured line of each thing that code writes to standard output or error, as `console` does, without what the call that it is
 * written for classifies.
 * @returns the real way out, for the logger alone
 */
export function captureOutput(logger: Logger): void {
  capture(process.stdout, 'info', logger)
  capture(process.stderr, 'warn', logger)
}

/** Held while there is no engine, in characters: the newest. */
const mostHeld = 262_144

/** Taken before anything is captured. */
const inherited = process.stdout.write.bind(process.stdout)
let elsewhere: ((line: string) => void) | undefined

/** Where the logger's own lines go. */
export const realOutput = (line: string): void => {
  if (elsewhere === undefined) inherited(line)
  else elsewhere(line)
}

/**
 * Keeps what is written while the engine that read it has gone, and hands it to the next one. A pipe that nobody reads breaks nothing: what
 * is still written to it is lost.
 */
export function keepOutput(channel: Pick<EngineChannel, 'onAlone' | 'onMessage' | 'send'>): void {
  const held = new HeldOutput()
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  channel.onAlone(() => (elsewhere = (line) => held.add(line)))
  channel.onMessage(({ type }) => {
    if (type !== 'adopted') return
    elsewhere = (line) => void channel.send({ type: 'output', text: line })
    for (const line of held.take()) elsewhere(line)
  })
}

/** The newest lines, within a bound. */
class HeldOutput {
  #lines: string[] = []
  #size = 0
  #lost = 0

  add(line: string): void {
    this.#lines.push(line)
    this.#size += line.length
    while (this.#size > mostHeld) {
      this.#size -= this.#lines.shift()?.length ?? 0
      this.#lost += 1
    }
  }

  /** All that are held, after a word about those that are not. */
  take(): readonly string[] {
    const note = this.#lost === 0 ? [] : [`${JSON.stringify({ event: 'output-lost', lines: this.#lost })}\n`]
    const lines = [...note, ...this.#lines]
    this.#lines = []
    this.#size = 0
    this.#lost = 0
    return lines
  }
}

function capture(stream: Stream, level: 'info' | 'warn', logger: Logger): void {
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk)
    const message = text.slice(0, longestOutput).replace(/\r?\n$/, '')
    if (message !== '')
      logger.write(level, 'output', { message: activeRedactor().text(message) }, activeScope()?.trace.traceId)
    const done = rest.findLast((one) => typeof one === 'function') as (() => void) | undefined
    if (done !== undefined) process.nextTick(done)
    return true
  }
}
