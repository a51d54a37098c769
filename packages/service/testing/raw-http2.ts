import { connect, type TLSSocket } from 'node:tls'
import { clientTls, spiffeId, type Credentials } from '@plimsoll/identity'
import { trustDomain } from './town.ts'

/** Frame types and flags of HTTP/2 (RFC 9113, section 6). */
export const h2 = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
  endStream: 0x1,
  endHeaders: 0x4,
} as const

export interface H2Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** A frame of HTTP/2 as it is on the wire, whatever it says. */
export function h2Frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Header fields as literals without indexing (RFC 7541, section 6.2.2), as they are: no name is corrected. */
export function headerBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0x00]), literal(name), literal(value)]),
  )
}

/** Length with a prefix of seven bits (RFC 7541, section 5.1), then the bytes. */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const length = [127]
  let rest = bytes.length - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}

/** A connection of HTTP/2 on which a test writes what it likes. */
export class RawHttp2 {
  readonly frames: H2Frame[] = []
  closed = false
  readonly #socket: TLSSocket
  #held = Buffer.alloc(0)

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', () => undefined)
    socket.once('close', () => (this.closed = true))
  }

  static open(target: {
    readonly address: string
    readonly service: string
    readonly credentials: Credentials
  }): Promise<RawHttp2> {
    const [host, port] = target.address.split(':')
    const socket = connect({
      ...clientTls(target.credentials, spiffeId(trustDomain, 'service', target.service)),
      ALPNProtocols: ['h2'],
      host,
      port: Number(port),
    })
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('secureConnect', () => {
        const raw = new RawHttp2(socket)
        raw.write(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), h2Frame(h2.settings, 0, 0))
        resolve(raw)
      })
    })
  }

  write(...bytes: readonly Buffer[]): void {
    if (!this.closed) this.#socket.write(Buffer.concat(bytes))
  }

  /** Resolves when a frame has come that fits, or the connection has ended. */
  async until(fits: (frame: H2Frame) => boolean): Promise<H2Frame | undefined> {
    for (let tries = 0; tries < 400; tries += 1) {
      const found = this.frames.find(fits)
      if (found !== undefined || this.closed) return found
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return undefined
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk])
    while (this.#held.length >= 9) {
      const end = 9 + this.#held.readUIntBE(0, 3)
      if (this.#held.length < end) return
      this.frames.push({
        type: this.#held.readUInt8(3),
        flags: this.#held.readUInt8(4),
        stream: this.#held.readUInt32BE(5) & 0x7fffffff,
        payload: this.#held.subarray(9, end),
      })
      this.#held = this.#held.subarray(end)
    }
  }
}
