import type { Duplex } from 'node:stream'

/**
 * Gathers what is written in one turn of the event loop into one write, and so into one TLS record: the price of a record is paid once for
 * many calls.
 */
export class Outbox {
  readonly #socket: Duplex
  #parts: Buffer[] = []
  #size = 0
  #scheduled = false

  constructor(socket: Duplex) {
    this.#socket = socket
  }

  /** Bytes that the other end has not taken yet. */
  get waiting(): number {
    return this.#size + this.#socket.writableLength
  }

  write(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#size += bytes.length
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#flushLater)
  }

  /** Writes what has gathered now. */
  flush(): void {
    if (this.#parts.length === 0) return
    const [first] = this.#parts
    const bytes =
      this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts, this.#size)
    this.#parts = []
    this.#size = 0
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  readonly #flushLater = (): void => {
    this.#scheduled = false
    this.flush()
  }
}
