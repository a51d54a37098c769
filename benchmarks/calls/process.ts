// Why: each end of a variant is a process of its own, as in production; this is both of them.
import { readCredentials, type Credentials } from '@plimsoll/identity'
import { variants } from './variants/index.ts'
import type { Ends, Variant } from './variant.ts'

/** What the benchmark tells this process. */
export type Order =
  | { readonly do: 'serve'; readonly variant: string; readonly ends: Ends }
  | { readonly do: 'connect'; readonly variant: string; readonly ends: Ends; readonly address: string }
  | { readonly do: 'call'; readonly concurrency: number; readonly milliseconds: number }
  | { readonly do: 'usage' }
  | { readonly do: 'end' }

/** Microseconds of processor time of this process so far, and its resident memory in bytes. */
export interface Usage {
  readonly processor: number
  readonly memory: number
}

/** What a round of calls gave. */
export interface Round extends Usage {
  /** Answered rightly. */
  readonly calls: number
  readonly failed: number
  readonly seconds: number
  /** Microseconds. */
  readonly p50: number
}

let call: (() => Promise<unknown>) | undefined

process.on('message', (order: Order) => {
  void carryOut(order).then(
    (result) => process.send?.({ result }),
    (thrown: unknown) =>
      process.send?.({ error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  )
})

// oxlint-disable-next-line consistent-return -- every order is one of these
async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'serve':
      return (await load(order.variant)).serve(revive(order.ends))
    case 'connect':
      call = await (await load(order.variant)).connect(order.address, revive(order.ends))
      return call()
    case 'call':
      return measure(order.concurrency, order.milliseconds)
    case 'usage':
      return usage()
    case 'end':
      // By itself, so that what it was asked to write on its way out is written.
      // oxlint-disable-next-line no-process-exit -- the end of a measured process
      process.exit()
  }
}

async function load(name: string): Promise<Variant> {
  const variant = variants[name]
  if (variant === undefined) throw new Error(`no variant ${name}`)
  return variant()
}

function revive({ server, client }: Ends): Ends {
  const read = (credentials: Credentials) => readCredentials(credentials)
  return { server: read(server), client: read(client) }
}

async function measure(concurrency: number, milliseconds: number): Promise<Round> {
  const one = call
  if (one === undefined) throw new Error('not connected')
  const times: number[] = []
  let failed = 0
  const before = usage()
  const begun = performance.now()
  const until = begun + milliseconds
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let now = performance.now(); now < until;) {
        const done = await one().then(
          () => true,
          () => false,
        )
        const then = performance.now()
        if (done) times.push(then - now)
        else failed += 1
        now = then
      }
    }),
  )
  const seconds = (performance.now() - begun) / 1_000
  const after = usage()
  const sorted = times.toSorted((a, b) => a - b)
  return {
    calls: times.length,
    failed,
    seconds,
    p50: (sorted[Math.floor(sorted.length / 2)] ?? 0) * 1_000,
    processor: after.processor - before.processor,
    memory: after.memory,
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { processor: user + system, memory: process.memoryUsage.rss() }
}
