import { WorkloadFailure } from '../errors.ts'
import type { JsonLines } from './json-lines.ts'
import type { EngineMessage, WorkloadMessage } from './protocol.ts'
import { comeBack, type Resume } from './resume.ts'

/** The channel to the engine: inherited from the one that started this process, or to one that was started after that had gone. */
export interface EngineChannel {
  /** Resolves when the message has been handed to the operating system; also where the engine has gone. */
  send(message: WorkloadMessage): Promise<void>
  onMessage(listener: (message: EngineMessage) => void): void
  /** Called once where the engine has gone, and nobody comes back to it. */
  onClose(listener: () => void): void
  /** From now on this process outlives its engine, and comes back to the next one. */
  outlive(resume: Resume): void
  /** Called whenever the engine has gone and this process goes on. */
  onAlone(listener: () => void): void
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
  'adopted',
] satisfies EngineMessage['type'][]

/** Between two tries to come back. An engine waits for many of them. */
const shortestPauseMs = 200
const longestPauseMs = 1_000
/** From the proof until the engine has taken this process. */
const adoptionMs = 30_000

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
  return new WorkloadChannel(post)
}

type Post = NonNullable<typeof process.send>

class WorkloadChannel implements EngineChannel {
  readonly #post: Post
  readonly #listeners = new Set<(message: EngineMessage) => void>()
  readonly #closed = new Set<() => void>()
  readonly #alone = new Set<() => void>()
  #resume: Resume | undefined
  /** To the engine that took this process; undefined before, and while there is none. */
  #lines: JsonLines | undefined
  /** To one that has not taken it yet. */
  #trying: JsonLines | undefined
  #timer: NodeJS.Timeout | undefined
  #pauseMs = shortestPauseMs
  #ended = false

  constructor(post: Post) {
    this.#post = post
    process.on('message', (message: unknown) => this.#receive(message))
    process.once('disconnect', () => this.#lost())
  }

  send(message: WorkloadMessage): Promise<void> {
    if (this.#lines !== undefined) return this.#lines.send(message)
    return new Promise((resolve) => {
      if (process.connected) this.#post(message, undefined, {}, () => resolve())
      else resolve()
    })
  }

  onMessage(listener: (message: EngineMessage) => void): void {
    this.#listeners.add(listener)
  }

  onClose(listener: () => void): void {
    this.#closed.add(listener)
  }

  onAlone(listener: () => void): void {
    this.#alone.add(listener)
  }

  outlive(resume: Resume): void {
    this.#resume = resume
    if (!process.connected) this.#lost()
  }

  close(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#trying?.close()
    this.#lines?.close()
    process.removeAllListeners('message')
    if (process.connected) process.disconnect?.()
  }

  #receive(message: unknown): void {
    if (isEngineMessage(message)) for (const listener of this.#listeners) listener(message)
  }

  #lost(): void {
    if (this.#ended) return
    this.#lines = undefined
    if (this.#resume === undefined) {
      this.#ended = true
      for (const listener of this.#closed) listener()
      return
    }
    for (const listener of this.#alone) listener()
    this.#tryLater()
  }

  /** With jitter, so that all do not knock at once. */
  #tryLater(): void {
    clearTimeout(this.#timer)
    if (this.#ended) return
    this.#timer = setTimeout(() => void this.#try(), this.#pauseMs * (0.5 + Math.random() / 2))
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 1.5)
  }

  async #try(): Promise<void> {
    const resume = this.#resume
    if (resume === undefined) return
    try {
      const lines = await comeBack(resume)
      this.#trying = lines
      const adopted = await lines.next(adoptionMs)
      if (this.#ended || !isAdopted(adopted)) throw new Error('not taken')
      this.#taken(lines, resume, adopted)
    } catch {
      this.#trying?.close()
      this.#tryLater()
    } finally {
      this.#trying = undefined
    }
  }

  #taken(lines: JsonLines, resume: Resume, adopted: EngineMessage & { readonly type: 'adopted' }): void {
    this.#resume = { ...resume, secret: adopted.secret }
    this.#pauseMs = shortestPauseMs
    this.#lines = lines
    void lines.send({ type: 'resume-taken' } satisfies WorkloadMessage)
    this.#receive(adopted)
    lines.onClose(() => this.#lost())
    lines.onMessage((message) => this.#receive(message))
  }
}

function isAdopted(message: unknown): message is EngineMessage & { readonly type: 'adopted' } {
  return isEngineMessage(message) && message.type === 'adopted' && typeof message.secret === 'string'
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
