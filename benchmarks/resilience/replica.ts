// A replica of the benchmarked service, in a process of its own; what it does is told over the channel.
import { setTimeout as sleep } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { defineContract } from '@plimsoll/contract'
import { readCredentials, type Credentials } from '@plimsoll/identity'
import { createLogger, implement, serve, type Server } from '@plimsoll/service'
import * as z from 'zod'

/** What carries a call out. */
export type Work =
  /** The thread, for so many milliseconds. */
  | { readonly kind: 'thread'; readonly ms: number }
  /** One of so many connections of a pool, for so many milliseconds. */
  | { readonly kind: 'pool'; readonly size: number; readonly ms: number }
  /** Time alone. */
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'nothing' }

export type Order =
  | {
      readonly do: 'serve'
      readonly credentials: Credentials
      readonly work: Work
      /** False: every call runs at once, as without a limit. */
      readonly limited: boolean
      readonly callers: readonly string[]
    }
  | { readonly do: 'slow'; readonly factor: number }
  | { readonly do: 'drain' }

const input = z.object({ sku: z.string().max(40), quantity: z.int().min(1).max(1_000_000) })
const output = z.object({ sku: z.string().max(40), total: z.int() })
const common = { input, output, access: 'services', deadline: '10s', idempotent: true } as const

/** The same work in three priorities; the answer shows which call it is of. */
const pricing = defineContract({
  name: 'pricing',
  version: '1.0.0',
  operations: {
    pay: { ...common, priority: 'critical' },
    quote: common,
    report: { ...common, priority: 'background' },
  },
})

let work: Work = { kind: 'nothing' }
let factor = 1
let server: Server | undefined
let free = 0
const waiting: (() => void)[] = []

async function carryOut({ sku, quantity }: z.infer<typeof input>): Promise<z.infer<typeof output>> {
  if (work.kind === 'thread') holdThread(work.ms * factor)
  else if (work.kind === 'pool') await holdConnection(work.ms * factor)
  else if (work.kind === 'wait') await sleep(work.ms * factor)
  return { sku, total: quantity * 7 }
}

/** Processor time and not time, so that what else the machine does takes capacity away and changes no call. */
function holdThread(milliseconds: number): void {
  const begun = process.threadCpuUsage()
  for (;;) {
    const { user, system } = process.threadCpuUsage(begun)
    if (user + system >= milliseconds * 1_000) return
  }
}

async function holdConnection(milliseconds: number): Promise<void> {
  if (free > 0) free -= 1
  else await new Promise<void>((resolve) => void waiting.push(resolve))
  await sleep(milliseconds)
  const next = waiting.shift()
  if (next === undefined) free += 1
  else next()
}

const service = implement(pricing, { operations: { pay: carryOut, quote: carryOut, report: carryOut } })

async function open(order: Order & { readonly do: 'serve' }): Promise<string> {
  work = order.work
  free = work.kind === 'pool' ? work.size : 0
  const credentials = readCredentials(order.credentials)
  const { callers } = order
  server = await serve(service, {
    credentials: () => credentials,
    listen: { host: '127.0.0.1', port: 0 },
    snapshot: () => snapshot,
    dataFolder: tmpdir(),
    externals: {},
    logger: createLogger({ service: 'pricing', instance: 'pricing', sink: () => undefined }),
    ...(order.limited ? {} : { admission: { admit: (call, next) => next(call) } }),
  })
  const snapshot = { revision: 1, endpoints: {}, callers: { pay: callers, quote: callers, report: callers } }
  return server.address
}

async function obey(order: Order): Promise<unknown> {
  if (order.do === 'serve') return open(order)
  if (order.do === 'slow') factor = order.factor
  else {
    await server?.close()
    process.disconnect?.()
  }
  return undefined
}

process.on('message', (order: Order) => {
  void obey(order).then(
    (result) => process.connected && process.send?.({ result }),
    (thrown: unknown) => process.connected && process.send?.({ error: String(thrown) }),
  )
})
