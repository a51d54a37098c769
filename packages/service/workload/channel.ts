import { WorkloadFailure } from '../errors.ts'
import type { EngineMessage, WorkloadMessage } from './protocol.ts'

/** The inherited channel to the engine that started this process. */
export interface EngineChannel {
  /** Resolves when the message has been handed to the operating system; also where the engine has gone. */
  send(message: WorkloadMessage): Promise<void>
  onMessage(listener: (message: EngineMessage) => void): void
  /** Called once where the engine has gone. */
  onClose(listener: () => void): void
  /** Lets the process end. */
  close(): void
}

const types: readonly string[] = [
  'bootstrap',
  'certificate',
  'trust',
  'subject-key-taken',
  'snapshot',
  'telemetry-request',
  'ping',
  'drain',
] satisfies EngineMessage['type'][]

/**
 * The channel of this process.
 * @throws {WorkloadFailure} `ENGINE` where no engine started it.
 */
export function openEngineChannel(): EngineChannel {
  const post = process.send?.bind(process)
  if (post === undefined || !process.connected)
    throw new WorkloadFailure('ENGINE', 'this program was not started by an engine', {
      fix: 'start it with plimsoll up or plimsoll deploy',
    })
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (process.connected) post(message, undefined, {}, () => resolve())
        else resolve()
      }),
    onMessage(listener) {
      process.on('message', (message: unknown) => {
        if (isEngineMessage(message)) listener(message)
      })
    },
    onClose: (listener) => void process.once('disconnect', listener),
    close() {
      process.removeAllListeners('message')
      if (process.connected) process.disconnect?.()
    },
  }
}

function isEngineMessage(message: unknown): message is EngineMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string' &&
    types.includes(message.type)
  )
}
