import { headBytes, ProtocolError, type Frame } from './frame.ts'

const nothing = Buffer.alloc(0)

/**
 * Cuts a stream of bytes into frames. It holds at most one frame that has not come in completely, and refuses one that is larger than was
 * agreed before it has any of it.
 */
export class Decoder {
  readonly #onFrame: (frame: Frame) => void
  #maxPayload: number
  #parts: Buffer[] = []
  #held = 0
  /** Bytes that have to be held before there is anything to do. */
  #wanted = headBytes

  constructor(maxPayload: number, onFrame: (frame: Frame) => void) {
    this.#maxPayload = maxPayload
    this.#onFrame = onFrame
  }

  /** From the next frame on. */
  set maxPayload(bytes: number) {
    this.#maxPayload = bytes
  }

  /**
   * Takes the next bytes, and hands out every frame that is complete with them.
   * @throws {ProtocolError} where a frame is larger than agreed
   */
  read(chunk: Buffer): void {
    if (this.#held === 0) return this.#cut(chunk)
    this.#parts.push(chunk)
    this.#held += chunk.length
    if (this.#held < this.#wanted) return
    const whole = Buffer.concat(this.#parts, this.#held)
    this.#parts = []
    this.#held = 0
    this.#cut(whole)
  }

  #cut(bytes: Buffer): void {
    let at = 0
    while (bytes.length - at >= headBytes) {
      const length = bytes.readUInt32BE(at)
      if (length > this.#maxPayload) throw new ProtocolError('a frame is larger than was agreed')
      const end = at + headBytes + length
      if (end > bytes.length) return this.#hold(bytes.subarray(at), headBytes + length)
      this.#onFrame({
        type: bytes[at + 4] ?? 0,
        flags: bytes[at + 5] ?? 0,
        call: bytes.readUInt32BE(at + 6),
        payload: length === 0 ? nothing : bytes.subarray(at + headBytes, end),
      })
      at = end
    }
    this.#hold(bytes.subarray(at), headBytes)
  }

  #hold(rest: Buffer, wanted: number): void {
    this.#wanted = wanted
    if (rest.length === 0) return
    this.#parts.push(rest)
    this.#held = rest.length
  }
}
