import type { Socket } from 'node:net'

const lineFeed = 10
/** More than anybody says before somebody listens. */
const mostWaiting = 64

/** Messages as JSON, one on each line, over a stream socket. Whoever says more than may be said, or what is no JSON, is cut off. */
export class JsonLines {
  /** Longest line that is taken, in bytes. */
  mostBytes: number
  readonly #socket: Socket
  readonly #closed = new Set<() => void>()
  readonly #waiting: unknown[] = []
  #parts: Buffer[] = []
  #held = 0
  #listener: ((message: unknown) => void) | undefined

  constructor(socket: Socket, mostBytes: number) {
    this.#socket = socket
    this.mostBytes = mostBytes
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', () => undefined)
    socket.once('close', () => {
      for (const listener of this.#closed) listener()
    })
  }

  /** Resolves when the message is on its way; also where nobody is there any more. */
  send(message: object): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) resolve()
      else this.#socket.write(`${JSON.stringify(message)}\n`, () => resolve())
    })
  }

  /** The next message; rejects where none comes in time, or none can come any more. */
  next(timeoutMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const end = () => reject(new Error('the other end has gone, or said nothing in time'))
    const timer = setTimeout(end, timeoutMs)
    this.#closed.add(end)
    if (this.#socket.destroyed) end()
    this.#listen((message) => {
      this.#listener = undefined
      resolve(message)
    })
    return promise.finally(() => {
      clearTimeout(timer)
      this.#closed.delete(end)
      this.#listener = undefined
    })
  }

  /** Has the listener called with every message from now on. */
  onMessage(listener: (message: unknown) => void): void {
    this.#listen(listener)
  }

  onClose(listener: () => void): void {
    this.#closed.add(listener)
    if (this.#socket.destroyed) listener()
  }

  close(): void {
    this.#socket.destroy()
  }

  #listen(listener: (message: unknown) => void): void {
    this.#listener = listener
    while (this.#listener !== undefined && this.#waiting.length > 0) this.#listener(this.#waiting.shift())
  }

  #read(chunk: Buffer): void {
    let rest = chunk
    for (let at = rest.indexOf(lineFeed); at >= 0; at = rest.indexOf(lineFeed)) {
      if (this.#held + at > this.mostBytes) return this.close()
      const line = Buffer.concat([...this.#parts, rest.subarray(0, at)]).toString('utf8')
      this.#parts = []
      this.#held = 0
      rest = rest.subarray(at + 1)
      this.#take(line)
      if (this.#socket.destroyed) return
    }
    if (rest.length === 0) return
    this.#parts.push(rest)
    this.#held += rest.length
    if (this.#held > this.mostBytes) this.close()
  }

  #take(line: string): void {
    let message: unknown
    try {
      message = JSON.parse(line)
    } catch {
      return this.close()
    }
    if (this.#listener !== undefined) return this.#listener(message)
    if (this.#waiting.length >= mostWaiting) return this.close()
    this.#waiting.push(message)
  }
}
