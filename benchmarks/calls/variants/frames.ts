import { clientTls, serverTls } from '@plimsoll/identity'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { Decoder } from '../../../packages/service/transport/frames/decoder.ts'
import { Outbox } from '../../../packages/service/transport/frames/outbox.ts'
import { check, reply, request, split, type Request, type Variant } from '../variant.ts'

/** The frames alone over mutual TLS: JSON, and nothing of what the platform does. What it adds is measured against this. */
export const frames: Variant = {
  async serve({ server }) {
    const listener = createServer(serverTls(server), serveSocket)
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return `127.0.0.1:${(listener.address() as AddressInfo).port}`
  },
  async connect(address, { client, server }) {
    const socket = connect({ ...clientTls(client, server.identity.id), ...split(address) })
    await once(socket, 'secureConnect')
    socket.setNoDelay(true)
    const outbox = new Outbox(socket)
    const waiting = new Map<number, (text: string) => void>()
    const decoder = new Decoder(1_048_576, ({ call, payload }) => {
      waiting.get(call)?.(payload.toString('utf8', 3))
      waiting.delete(call)
    })
    socket.on('data', (chunk: Buffer) => decoder.read(chunk))
    let last = 0
    return async () => {
      last += 1
      const { promise, resolve } = Promise.withResolvers<string>()
      waiting.set(last, resolve)
      outbox.writeReply({ call: last, kind: 0, status: 0, body: JSON.stringify(request) })
      check(JSON.parse(await promise) as typeof reply)
    }
  },
}

function serveSocket(socket: TLSSocket): void {
  socket.setNoDelay(true)
  const outbox = new Outbox(socket)
  const decoder = new Decoder(1_048_576, ({ call, payload }) => {
    const { sku } = JSON.parse(payload.toString('utf8', 3)) as Request
    outbox.writeReply({ call, kind: 0, status: 200, body: JSON.stringify({ ...reply, sku }) })
  })
  socket.on('data', (chunk: Buffer) => decoder.read(chunk))
  socket.on('error', () => undefined)
}
