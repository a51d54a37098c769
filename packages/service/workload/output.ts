import { activeRedactor, activeScope } from '../telemetry/call-scope.ts'
import type { Logger } from '../log.ts'

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

/** Where the logger's own lines go: taken before anything is captured. */
export const realOutput: (line: string) => void = (
  (write) => (line: string) =>
    void write(line)
)(process.stdout.write.bind(process.stdout))

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
