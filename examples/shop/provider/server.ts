import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

interface Charge {
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly card: { readonly brand: string; readonly number: string; readonly last4: string }
}

const charges = new Map<string, Charge>()
const testCard = { brand: 'visa', number: '4242424242424242', last4: '4242' }
const port = Number(process.env['PORT'] ?? 8090)

const server = createServer((request, response) => {
  void answer(request, response)
})
server.on('error', (error) => {
  console.error(`payment provider: ${error.message}; another port: SHOP_PROVIDER_PORT=8091 npm start`)
  process.exit(1)
})
server.listen(port, '127.0.0.1', () => process.send?.('ready'))
process.on('disconnect', () => end())
process.on('SIGINT', () => {})
process.on('SIGTERM', () => end())

function end(): void {
  server.close(() => process.exit())
  server.closeAllConnections()
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reference = /^\/charges\/([0-9a-f-]{36})$/.exec(request.url ?? '')?.[1]
  if (reference === undefined) return send(response, 404, { reason: 'no such resource' })
  const known = charges.get(reference)
  if (request.method === 'GET') {
    return known === undefined
      ? send(response, 404, { reason: 'nothing was charged' })
      : send(response, 200, known)
  }
  if (request.method !== 'PUT') return send(response, 405, { reason: 'GET or PUT' })
  if (known !== undefined) return send(response, 200, known)
  const order = await bodyOf(request)
  if (order === undefined) return send(response, 400, { reason: 'amount, currency and token are needed' })
  if (order.token === 'tok_declined') return send(response, 402, { reason: 'the card has no cover' })
  const charge = { id: `ch_${randomUUID()}`, amount: order.amount, currency: order.currency, card: testCard }
  charges.set(reference, charge)
  return send(response, 200, charge)
}

async function bodyOf(
  request: IncomingMessage,
): Promise<{ amount: number; currency: string; token: string } | undefined> {
  let text = ''
  for await (const part of request) {
    text += String(part)
    if (text.length > 10_000) return undefined
  }
  try {
    const { amount, currency, token } = JSON.parse(text) as Record<string, unknown>
    if (!Number.isInteger(amount) || typeof currency !== 'string' || typeof token !== 'string')
      return undefined
    return { amount: amount as number, currency, token }
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
