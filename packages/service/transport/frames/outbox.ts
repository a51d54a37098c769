import type { Duplex } from 'node:stream'
import {
  headBytes,
  mostBytesOfCall,
  mostBytesOfReply,
  writeCall,
  writeReply,
  type CallToWrite,
  type ReplyToWrite,
} from './frame.ts'

const smallestSlab = 4_096
const largestSlab = 32_768
/** More than these are a crowd, and what comes in a crowd is not alone in waiting for the end of the turn. */
const fewFrames = 4

/**
 * Gathers frames and writes them as one, and so into as few TLS records as they fit in: the price of a record is paid once for many calls. Frames are
 * written where they will leave from, in slabs as large as what was gathered last, so that a busy connection copies nothing and an idle one holds little.
 */
export class Outbox {
  readonly #socket: Duplex
  /** Full slabs, and frames that came as bytes. */
  #parts: Buffer[] = []
  #partBytes = 0
  #slab = Buffer.alloc(0)
  /** Of the slab: from here to there is what has gathered. */
  #from = 0
  #to = 0
  #lastFlushed = 0
  #frames = 0
  #scheduled = false
  #hurried = false

  constructor(socket: Duplex) {
    this.#socket = socket
  }

  /** Bytes that the other end has not taken yet. */
  get waiting(): number {
    return this.#partBytes + this.#to - this.#from + this.#socket.writableLength
  }

  /** A frame that is complete. */
  write(bytes: Buffer): void {
    this.#closeSlab()
    this.#parts.push(bytes)
    this.#partBytes += bytes.length
    this.#schedule()
  }

  /**
   * A call, unless its payload has more bytes than the other end takes.
   * @returns false where nothing was written
   */
  writeCall(call: CallToWrite, maxPayload: number): boolean {
    const slab = this.#reserve(mostBytesOfCall(call.head, call.input))
    const end = writeCall(slab, this.#to, call)
    if (end - this.#to - headBytes > maxPayload) return false
    this.#to = end
    this.#schedule()
    return true
  }

  writeReply(reply: ReplyToWrite): void {
    const slab = this.#reserve(mostBytesOfReply(reply.body))
    this.#to = writeReply(slab, this.#to, reply)
    this.#schedule()
  }

  /** Writes what has gathered now. */
  flush(): void {
    this.#closeSlab()
    if (this.#parts.length === 0) return
    this.#lastFlushed = this.#partBytes
    this.#frames = 0
    const [first] = this.#parts
    const bytes =
      this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts, this.#partBytes)
    this.#parts = []
    this.#partBytes = 0
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  #reserve(bytes: number): Buffer {
    if (this.#slab.length - this.#to >= bytes) return this.#slab
    this.#closeSlab()
    const size = Math.min(largestSlab, Math.max(smallestSlab, this.#lastFlushed * 4))
    this.#slab = Buffer.allocUnsafe(Math.max(size, bytes))
    this.#from = 0
    this.#to = 0
    return this.#slab
  }

  #closeSlab(): void {
    if (this.#to === this.#from) return
    this.#parts.push(this.#slab.subarray(this.#from, this.#to))
    this.#partBytes += this.#to - this.#from
    this.#from = this.#to
  }

  /** Nothing more is about to come: what has gathered goes as soon as the code that runs has ended, not at the end of the turn. */
  hurry(): void {
    if (this.#hurried || this.#frames > fewFrames) return
    this.#hurried = true
    process.nextTick(this.#flushSoon)
  }

  #schedule(): void {
    this.#frames += 1
    if (this.#scheduled || this.#hurried) return
    this.#scheduled = true
    setImmediate(this.#flushLater)
  }

  readonly #flushSoon = (): void => {
    this.#hurried = false
    this.flush()
  }

  readonly #flushLater = (): void => {
    this.#scheduled = false
    this.flush()
  }
}
