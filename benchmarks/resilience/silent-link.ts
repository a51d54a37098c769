import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A way to an address that can be cut off: then nothing passes and nobody is told, as where a network is partitioned. */
export class SilentLink implements Disposable {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #cut = false

  constructor(address: string) {
    const [host = '', port = ''] = address.split(':')
    this.#server = createServer((near) => this.#join(near, connect({ host, port: Number(port) })))
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  cut(): void {
    this.#cut = true
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  #join(near: Socket, far: Socket): void {
    const pair = [near, far] as const
    this.#pairs.add(pair)
    for (const [from, to] of [pair, [far, near] as const]) {
      from.setNoDelay(true)
      from.on('data', (chunk) => to.write(chunk))
      from.on('error', () => undefined) // 'close' follows
      from.once('close', () => {
        if (!this.#cut) to.destroy()
        this.#pairs.delete(pair)
      })
      if (this.#cut) from.pause()
    }
  }

  [Symbol.dispose](): void {
    this.#server.close()
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }
}
