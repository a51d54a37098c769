import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = import.meta.dirname
const state = join(here, '.plimsoll')
const cli = join(dirname(fileURLToPath(import.meta.resolve('plimsoll'))), 'bin/plimsoll.mjs')
const begun = performance.now()
const { port: shopPort, providerPort } = settings()
const running: ChildProcess[] = []
let ending = false

process.on('SIGINT', () => void end(130))
process.on('SIGTERM', () => void end(143))
// Whoever started this has gone.
process.on('disconnect', () => void end(143))

say(
  'Starting the shop: a payment provider, seven services behind a gateway, and a web application in front of them ...',
)
const [, gateway] = await Promise.all([
  start('payment provider', join(here, 'provider/server.ts'), [], { PORT: String(providerPort) }),
  start('plimsoll up', cli, ['up', '--project', here], {
    PAYMENT_PROVIDER_URL: `http://127.0.0.1:${providerPort}`,
  }),
])
const address = addressOf(gateway)
await start('storefront', join(here, 'storefront/server.ts'), [], {
  PORT: String(shopPort),
  SHOP_GATEWAY: address,
  SHOP_KEY_FILE: join(state, 'consumers/storefront.key'),
  NODE_EXTRA_CA_CERTS: join(state, 'gateway/ca.pem'),
})
say(invitation())

/** Ports, from the environment, so that two shops can run on one machine. */
function settings(): { port: number; providerPort: number } {
  return {
    port: Number(process.env['SHOP_PORT'] ?? 8080),
    providerPort: Number(process.env['SHOP_PROVIDER_PORT'] ?? 8090),
  }
}

/** Starts a program, waits until it says that it is ready, and gives what it said. */
async function start(
  name: string,
  file: string,
  words: string[],
  environment: NodeJS.ProcessEnv,
): Promise<unknown> {
  const child = fork(file, words, { env: { ...process.env, ...environment }, execArgv: [] })
  running.push(child)
  const outcome = await Promise.race([
    once(child, 'message').then(([message]) => ({ message: message as unknown })),
    once(child, 'exit').then(([code]) => ({ code: Number(code ?? 1) })),
  ])
  if ('code' in outcome) {
    say(`${name} did not start; see above.`)
    await end(outcome.code === 0 ? 1 : outcome.code)
    return undefined
  }
  child.once('exit', () => void end(1, `${name} ended.`))
  return outcome.message
}

/** Ends everything, the last started first, and waits until no process is left. */
async function end(code: number, reason?: string): Promise<void> {
  if (ending) return
  ending = true
  if (reason !== undefined) say(reason)
  for (const child of running.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(late)
  }
  process.exit(code)
}

function addressOf(message: unknown): string {
  const { gateway } = message as { gateway: string }
  return gateway
}

function invitation(): string {
  const ca = join(state, 'gateway/ca.pem')
  const header = join(state, 'consumers/storefront.header')
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
  const project = relative(process.cwd(), here)
  return `
The shop runs (${seconds} s).   shop     http://127.0.0.1:${shopPort}
                          gateway  ${address}

Call a service as an outside application does: anybody may look, prices are for consumers with a key
  curl --cacert ${ca} ${address}/products/LT-1000
  curl --cacert ${ca} -H @${header} '${address}/quotes/LT-1000?quantity=12'

Or from the inside, as its operator
  npx plimsoll status --project ${project}
  npx plimsoll call pricing.quote --sku LT-1000 --quantity 12 --project ${project}

Release something that is fine alone and refused in composition, then its smallest fix
  npx plimsoll deploy receipts --entry candidates/receipt-by-mail/service.ts --project ${project}
  npx plimsoll deploy receipts --entry candidates/receipt-by-mail/fixed.ts --project ${project}

Ctrl-C ends everything.`
}

function say(text: string): void {
  console.log(text)
}
