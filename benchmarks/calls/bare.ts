// A node:http server that has answered one request: the least that a service in Node can be.
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer((_request, response) => response.end('{}'))
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  get({ port, host: '127.0.0.1', agent: false }, (response) => {
    response.resume()
    response.on('end', () => process.send?.('answered'))
  })
})
process.on('message', (message) => {
  if (message === 'memory') process.send?.(process.memoryUsage.rss())
})
