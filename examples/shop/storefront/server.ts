import express, { type Request, type Response } from 'express'
import { randomUUID } from 'node:crypto'
import { call } from './gateway.ts'
import { euros, html, page, type Html } from './pages.ts'

interface Money {
  readonly amount: number
}
interface Product {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly price: Money
}
interface Receipt {
  readonly customer: string
  readonly lines: readonly string[]
  readonly total: Money
  readonly payment: Readonly<Record<string, unknown>>
}
interface Problem {
  readonly code?: string
  readonly title?: string
}

const application = express()
application.disable('x-powered-by')
application.use(express.urlencoded({ extended: false, limit: '10kb' }))

application.get('/', async (request, response) => {
  const number = Math.max(1, Math.min(100, Number(request.query['page'] ?? 1) || 1))
  const { ok, status, body } = await call<{ products: Product[]; pages: number }>(
    'GET',
    `/products?page=${number}`,
  )
  if (!ok) return unavailable(response, status)
  const links = Array.from({ length: body.pages }, (_, at) => html`<a href="/?page=${at + 1}">${at + 1}</a> `)
  const goods = html`<ul class="goods">
    ${body.products.map(tile)}
  </ul>`
  response.send(
    page(
      'Products',
      html`${goods}
        <p>${links}</p>`,
    ),
  )
})

application.get('/products/:sku', async (request, response) => {
  const path = `/quotes/${encodeURIComponent(request.params.sku)}?quantity=1`
  const [product, quote] = await Promise.all([
    call<Product>('GET', `/products/${encodeURIComponent(request.params.sku)}`),
    call<{ total: Money }>('GET', path),
  ])
  if (product.status === 404 || product.status === 400) return missing(response)
  if (!product.ok || !quote.ok) return unavailable(response, product.ok ? quote.status : product.status)
  response.send(page(product.body.name, orderForm(product.body, quote.body.total)))
})

application.post('/orders/:orderId', async (request, response) => {
  const { sku, quantity, name, email, token } = request.body as Record<string, string>
  const placed = await call<Problem>('PUT', `/orders/${encodeURIComponent(request.params.orderId)}`, {
    sku,
    quantity: Number(quantity),
    customer: { name, email },
    paymentToken: token,
  })
  if (placed.ok) return response.redirect(303, `/receipts/${encodeURIComponent(request.params.orderId)}`)
  if (placed.status >= 500) return unavailable(response, placed.status)
  const reason = placed.body.code ?? placed.body.title ?? 'unknown'
  response.status(placed.status).send(page('Not ordered', html`<p>The order was not taken: ${reason}.</p>`))
})

application.get('/receipts/:orderId', async (request, response) => {
  const receipt = await call<Receipt>('GET', `/receipts/${encodeURIComponent(request.params.orderId)}`)
  if (receipt.status === 404 || receipt.status === 400) return missing(response)
  if (!receipt.ok) return unavailable(response, receipt.status)
  const { customer, lines, total, payment } = receipt.body
  const facts = Object.entries(payment).map(([name, value]) => html`<li>${name}: ${String(value)}</li>`)
  const content = html`<div class="card">
    <p>Thank you, ${customer}.</p>
    <ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
    <p><strong>${euros(total.amount)}</strong></p>
    <ul class="muted">
      ${facts}
    </ul>
  </div>`
  response.send(page('Receipt', content))
})

application.use((_request: Request, response: Response) => missing(response))

const port = Number(process.env['PORT'] ?? 8080)
const server = application.listen(port, '127.0.0.1', (error) => {
  if (error === undefined) {
    process.send?.('ready')
    return
  }
  console.error(`storefront: ${error.message}; another port: SHOP_PORT=8081 npm start`)
  process.exit(1)
})
process.on('disconnect', () => end())
process.on('SIGINT', () => {})
process.on('SIGTERM', () => end())

function end(): void {
  server.close(() => process.exit())
  server.closeAllConnections()
}

function tile({ sku, name, category, price }: Product): Html {
  return html`<li>
    <a href="/products/${sku}"><strong>${name}</strong></a>
    <div class="muted">${category} · ${sku}</div>
    <div>${euros(price.amount)}</div>
  </li>`
}

function orderForm({ sku, category }: Product, total: Money): Html {
  return html`<div class="card">
    <p class="muted">${category} · ${sku}</p>
    <p><strong>${euros(total.amount)}</strong></p>
    <form method="post" action="/orders/${randomUUID()}">
      <input type="hidden" name="sku" value="${sku}" />
      <label>Quantity <input name="quantity" type="number" value="1" min="1" max="100" required /></label>
      <label>Name <input name="name" autocomplete="name" maxlength="80" required /></label>
      <label>E-mail <input name="email" type="email" autocomplete="email" maxlength="120" required /></label>
      <label>Payment token <input name="token" value="tok_visa" maxlength="64" required /></label>
      <button>Order</button>
    </form>
  </div>`
}

function missing(response: Response): void {
  response.status(404).send(page('Not here', html`<p>There is nothing at this address.</p>`))
}

function unavailable(response: Response, status: number): void {
  response
    .status(502)
    .send(page('In a moment', html`<p>The shop cannot answer right now (${status}). Please try again.</p>`))
}
