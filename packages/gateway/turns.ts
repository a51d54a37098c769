import type { Socket } from 'node:net'

/** Messages that one connection may have waiting behind the one in work; more is no client that waits for answers. */
const mostWaiting = 16

interface Line {
  last: Promise<void>
  waiting: number
  ended: boolean
}

/**
 * Takes the messages of a connection one after the other, and none after the one that ends it. Node hands over pipelined
 * messages as it parses them; one that follows an ambiguous message may be something that was hidden in it.
 */
export class Turns {
  readonly #lines = new WeakMap<Socket, Line>()

  /** @param work answers one message; true where the connection ends with it. Never rejects. */
  take(socket: Socket, work: () => Promise<boolean>): void {
    const line = this.#lines.get(socket) ?? { last: Promise.resolve(), waiting: 0, ended: false }
    this.#lines.set(socket, line)
    if (line.waiting >= mostWaiting) {
      line.ended = true
      socket.destroy()
      return
    }
    line.waiting += 1
    line.last = takeTurn(line, () => (socket.destroyed ? Promise.resolve(true) : work()))
  }
}

async function takeTurn(line: Line, work: () => Promise<boolean>): Promise<void> {
  await line.last
  if (!line.ended) line.ended = await work()
  line.waiting -= 1
}
