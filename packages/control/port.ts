import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { ControlRefusal } from './errors.ts'

/**
 * The port, where nobody listens at it; any free one for port 0.
 * @throws {ControlRefusal} `PORT_TAKEN`
 */
export async function claimPort(host: string, port: number): Promise<number> {
  const server = createServer()
  try {
    // Not shared: whoever listens at this port already shows.
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${code ?? 'unknown'})`
    throw new ControlRefusal('PORT_TAKEN', `port ${port} of ${host}, which the gateway needs, ${why}`, {
      fix: 'end the other program, or choose another port: gateway.port in plimsoll.config.ts',
      cause,
    })
  } finally {
    if (server.listening) {
      server.close()
      await once(server, 'close')
    }
  }
}
