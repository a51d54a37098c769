import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createKey,
  openAuthority,
  proveKey,
  readCredentials,
  spiffeId,
  type Authority,
  type Credentials,
} from '@plimsoll/identity'
import { createCaller, type CallerOptions, type OperationCaller, type Snapshot } from '@plimsoll/service'
import type { Order, Work } from './replica.ts'

const trustDomain = 'bench.internal'

/** A replica that runs, in a process of its own. */
export class Replica {
  readonly child: ChildProcess
  readonly address: string

  constructor(child: ChildProcess, address: string) {
    this.child = child
    this.address = address
  }

  async slow(factor: number): Promise<void> {
    await ask(this.child, { do: 'slow', factor })
  }

  /** Lets it finish what runs, and waits for its end. */
  async drain(): Promise<void> {
    const ended = once(this.child, 'exit')
    this.child.send({ do: 'drain' } satisfies Order)
    await ended
  }

  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    this.child.kill(name)
  }
}

/** An authority with replicas and callers; ends all of them. */
export class Fleet implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  readonly #authority: Authority = openAuthority(join(this.#folder, 'authority'), trustDomain)
  readonly #children = new Set<ChildProcess>()
  readonly #callers: OperationCaller[] = []

  async start(work: Work, limited = true): Promise<Replica> {
    const child = fork(join(import.meta.dirname, 'replica.ts'), { execArgv: [], serialization: 'json' })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    const callers = [spiffeId(trustDomain, 'service', 'orders')]
    const credentials = this.#issue('pricing')
    return new Replica(child, await ask<string>(child, { do: 'serve', credentials, work, limited, callers }))
  }

  /** @param addresses asked at each call */
  caller(addresses: () => readonly string[], options: Partial<CallerOptions> = {}): OperationCaller {
    const credentials = this.#issue('orders')
    let listed: readonly string[] | undefined
    let snapshot: Snapshot = { revision: 0, endpoints: {}, callers: {} }
    const caller = createCaller({
      credentials: () => credentials,
      trustDomain,
      snapshot: () => {
        const now = addresses()
        if (now !== listed) {
          listed = now
          const pricing = now.map((address, at) => ({ address, instance: `pricing/${at}` }))
          snapshot = { revision: snapshot.revision + 1, endpoints: { pricing }, callers: {} }
        }
        return snapshot
      },
      ...options,
    })
    this.#callers.push(caller)
    return caller
  }

  #issue(name: string): Credentials {
    const { privateKey, publicKey } = createKey()
    const { certificateChain } = this.#authority.issueWorkload({
      publicKey,
      proof: proveKey(privateKey, publicKey),
      identity: spiffeId(trustDomain, 'service', name),
    })
    return readCredentials({ certificateChain, privateKey, bundle: this.#authority.bundle })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#callers.map((caller) => caller.close()))
    for (const child of this.#children) child.kill('SIGKILL')
    await Promise.all([...this.#children].map((child) => once(child, 'exit')))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function ask<Result>(child: ChildProcess, order: Order): Promise<Result> {
  child.send(order)
  const [{ result, error }] = (await once(child, 'message')) as [{ result: Result; error?: string }]
  if (error !== undefined) throw new Error(error)
  return result
}
