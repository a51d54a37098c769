import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer, type TLSSocket } from 'node:tls'
import { serverTls } from '@plimsoll/identity'
import { Decoder } from '../transport/frames/decoder.ts'
import {
  frameTypes,
  helloFrame,
  protocol,
  readCall,
  replyFrame,
  replyKinds,
  type CallHead,
} from '../transport/frames/frame.ts'
import type { Town } from './town.ts'

/** One call as another implementation of the other end sees it. */
export interface PeerCall {
  readonly id: number
  readonly head: CallHead
  readonly input: string
  readonly socket: TLSSocket
  output(json: string): void
  declared(status: number, body: string): void
  problem(status: number, body: string): void
}

/** Another implementation of the other end, with the true identity, which does what a test says; gives its address. */
export async function openPeer(
  test: TestContext,
  town: Town,
  answer: (call: PeerCall) => void,
): Promise<string> {
  const sockets = new Set<TLSSocket>()
  const options = { ...serverTls(town.credentials('service', 'catalog')), ALPNProtocols: [protocol] }
  const server = createServer(options, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(helloFrame({ maxPayload: 1_048_576, maxCalls: 100 }))
    const decoder = new Decoder(1_048_576, ({ type, call, payload }) => {
      if (type !== frameTypes.call) return
      const { head, inputAt } = readCall(payload)
      const reply = (kind: number, status: number, body: string) =>
        void socket.write(replyFrame(call, kind, status, body))
      answer({
        id: call,
        head,
        input: payload.subarray(inputAt).toString(),
        socket,
        output: (json) => reply(replyKinds.output, 200, json),
        declared: (status, body) => reply(replyKinds.declared, status, body),
        problem: (status, body) => reply(replyKinds.problem, status, body),
      })
    })
    socket.on('data', (chunk: Buffer) => decoder.read(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
