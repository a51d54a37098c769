// Why: what a secured call costs, both ends together, against what people would use instead, in the same run on the same machine.
import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKey, openAuthority, proveKey, readCredentials, spiffeId } from '@plimsoll/identity'
import type { Order, Round, Usage } from './calls/process.ts'
import type { Ends } from './calls/variant.ts'
import { variants } from './calls/variants/index.ts'
import { measureStart } from './calls/start.ts'
import { installPeers } from './install-peers.ts'
import { median, table } from './table.ts'

/** Parts of variants' names, separated by commas; all where absent. */
const only = process.env['PLIMSOLL_BENCH_ONLY']?.split(',')
const rounds = Number(process.env['PLIMSOLL_BENCH_ROUNDS'] ?? 3)
const millisecondsOfRound = 1_500
const millisecondsOfWarming = 700
/** A folder: both ends of every variant write a processor profile into it. */
const profiles = process.env['PLIMSOLL_BENCH_PROFILE']
const own = 'plimsoll, everything on'
const bare = 'frames alone, mutual TLS'
const baseline = 'node:http + undici.request, mutual TLS'

interface Measured {
  readonly throughput: number
  /** Microseconds of processor time a call, both ends. */
  readonly processor: number
  /** Microseconds, one call at a time. */
  readonly p50: number
  /** Calls that were refused or went wrong: not counted as throughput, though they had their time. */
  readonly failed: number
}

/** Prints the table and the figures; the last line is one JSON object. */
export async function run(): Promise<void> {
  installPeers()
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  try {
    const ends = issueEnds(folder)
    const names = Object.keys(variants).filter((name) => only?.some((part) => name.includes(part)) ?? true)
    const measured = await measureAll(names, ends)
    printCalls(measured)
    const start = await measureStart(folder, ends)
    console.log(start.text)
    const own_ = measured.get(own)
    const ratio = (name: string, of: keyof Measured) =>
      round((own_?.[of] ?? Number.NaN) / (measured.get(name)?.[of] ?? Number.NaN))
    console.log(
      JSON.stringify({
        throughputVsMtlsHttp1: ratio(baseline, 'throughput'),
        throughputVsGrpcJs: ratio('@grpc/grpc-js, mutual TLS', 'throughput'),
        throughputVsNestTcp: ratio('NestJS TCP (secures nothing)', 'throughput'),
        throughputVsMoleculer: ratio('Moleculer TCP (secures nothing)', 'throughput'),
        latencyVsMtlsHttp1: ratio(baseline, 'p50'),
        microsecondsOverFrames: round(
          (own_?.processor ?? Number.NaN) - (measured.get(bare)?.processor ?? Number.NaN),
        ),
        idleMiBOverNode: start.idleMiBOverNode,
        startMillisecondsOverNode: start.startMillisecondsOverNode,
        failedCalls: own_?.failed,
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Certificates of both ends, from a real authority. */
function issueEnds(folder: string): Ends {
  const authority = openAuthority(join(folder, 'authority'), 'bench.internal')
  const issue = (name: string) => {
    const { privateKey, publicKey } = createKey()
    const { certificateChain } = authority.issueWorkload({
      publicKey,
      proof: proveKey(privateKey, publicKey),
      identity: spiffeId('bench.internal', 'service', name),
    })
    return readCredentials({ certificateChain, privateKey, bundle: authority.bundle })
  }
  return { server: issue('pricing'), client: issue('orders') }
}

/** Every variant once in each round, so that what else the machine does hits all alike; medians over the rounds. */
async function measureAll(names: readonly string[], ends: Ends): Promise<ReadonlyMap<string, Measured>> {
  const pairs = new Map<string, Pair>()
  const all = new Map<string, Measured[]>(names.map((name) => [name, []]))
  try {
    for (const name of names) pairs.set(name, await openPair(name, ends))
    for (let at = 0; at < rounds; at += 1) {
      for (const [name, pair] of pairs) all.get(name)?.push(await measureOnce(pair))
    }
  } finally {
    for (const pair of pairs.values()) pair.close()
  }
  return new Map(
    [...all].map(([name, list]) => [
      name,
      {
        throughput: median(list.map(({ throughput }) => throughput)),
        processor: median(list.map(({ processor }) => processor)),
        p50: median(list.map(({ p50 }) => p50)),
        failed: list.reduce((sum, { failed }) => sum + failed, 0),
      },
    ]),
  )
}

async function measureOnce({ server, client }: Pair): Promise<Measured> {
  const call = (concurrency: number, milliseconds = millisecondsOfRound) =>
    ask<Round>(client, { do: 'call', concurrency, milliseconds })
  // While the other variants had their turn, HTTP clients have closed their idle connections, as they should: opening them again is not what is measured.
  await call(64, millisecondsOfWarming)
  const before = await ask<Usage>(server, { do: 'usage' })
  const loaded = await call(64)
  const after = await ask<Usage>(server, { do: 'usage' })
  const { p50, failed } = await call(1)
  return {
    throughput: loaded.calls / loaded.seconds,
    processor: (loaded.processor + after.processor - before.processor) / loaded.calls,
    p50,
    failed: failed + loaded.failed,
  }
}

interface Pair {
  readonly server: ChildProcess
  readonly client: ChildProcess
  close(): void
}

/** Both ends of a variant: the callee on one core, the caller on the other, where the machine has two and `taskset`. */
async function openPair(variant: string, ends: Ends): Promise<Pair> {
  const server = start(0)
  const client = start(1)
  const close = () => {
    end(server)
    end(client)
  }
  try {
    const address = await ask<string>(server, { do: 'serve', variant, ends })
    await ask(client, { do: 'connect', variant, ends, address })
    // Warm: compiled code, open connections.
    await ask(client, { do: 'call', concurrency: 64, milliseconds: 1_000 })
    return { server, client, close }
  } catch (thrown) {
    close()
    throw new Error(`${variant}: ${String(thrown)}`, { cause: thrown })
  }
}

function end(child: ChildProcess): void {
  if (profiles === undefined) child.kill('SIGKILL')
  else child.send({ do: 'end' } satisfies Order)
}

function start(core: number): ChildProcess {
  const execArgv = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  const child = fork(join(import.meta.dirname, 'calls/process.ts'), { execArgv, serialization: 'json' })
  if (availableParallelism() > 1 && child.pid !== undefined)
    spawnSync('taskset', ['-a', '-c', '-p', String(core), String(child.pid)], { stdio: 'ignore' })
  return child
}

async function ask<Result>(child: ChildProcess, order: Order): Promise<Result> {
  child.send(order)
  const [{ result, error }] = (await once(child, 'message')) as [{ result: Result; error?: string }]
  if (error !== undefined) throw new Error(error)
  return result
}

function printCalls(measured: ReadonlyMap<string, Measured>): void {
  const base = measured.get(baseline)
  const rows = [...measured].map(([name, { throughput, processor, p50, failed }]) => [
    name,
    Math.round(throughput).toLocaleString('en'),
    `${(throughput / (base?.throughput ?? Number.NaN)).toFixed(2)} ×`,
    processor.toFixed(1),
    p50.toFixed(0),
    `${(p50 / (base?.p50 ?? Number.NaN)).toFixed(2)} ×`,
    String(failed),
  ])
  console.log(
    '64 calls at a time; 200 B in, 500 B out; medians of paired rounds; the ratios are against node:http + undici.request\n',
  )
  console.log(
    table([['', 'calls/s', '', 'µs processor a call', 'p50 µs, one at a time', '', 'failed'], ...rows]),
  )
}

function round(value: number): number {
  return Number(value.toFixed(2))
}
