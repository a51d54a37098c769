import type { Json } from '@plimsoll/base'
import {
  buildReleases,
  connect,
  outputOf,
  submit,
  vetCandidate,
  type Connection,
} from '@plimsoll/control/client'
import type { RunningReplica, TestProject } from '@plimsoll/testbed'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An installation whose control plane is a process of its own, to be killed. */
export interface Killable {
  readonly project: TestProject
  readonly state: string
  readonly pid: number
  readonly connection: Connection
  start(): Promise<void>
  /** SIGKILL: nothing is ended in good order. */
  kill(): Promise<void>
  /** SIGTERM: everything is. */
  stop(): Promise<void>
  /** Builds and vets; what is given back makes it live. */
  prepare(services?: readonly string[]): Promise<() => Promise<void>>
  deploy(services?: readonly string[]): Promise<void>
  replicas(): Promise<readonly RunningReplica[]>
}

export function openKillable(project: TestProject): Killable {
  const state = join(project.root, '.plimsoll')
  // What is looked for is a call that nobody answers, not a machine that is slow.
  for (const path of ['counter/contract.ts', 'greeting/contract.ts'])
    project.write(
      path,
      readFileSync(join(project.root, path), 'utf8').replaceAll(/deadline: '[^']+'/g, "deadline: '8s'"),
    )
  let child: ChildProcess | undefined
  let connection: Connection | undefined
  const open = () => connection ?? raise('no control plane runs')
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    await connection?.close().catch(() => undefined)
    connection = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return {
    project,
    state,
    get pid() {
      return child?.pid ?? raise('no control plane was started')
    },
    get connection() {
      return open()
    },
    async start() {
      child = fork(
        fileURLToPath(import.meta.resolve('@plimsoll/control-program')),
        ['--state', state, '--trust-domain', 'test.internal'],
        { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] },
      )
      let said = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-4_000)))
      const message = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
        { type?: string },
      ]
      if (message[0]?.type !== 'ready') throw new Error(`${JSON.stringify(message[0])}\n${said}`)
      connection = await connect(await project.read())
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async prepare(services = []) {
      const configured = await project.read()
      const releases = await buildReleases(configured, { services })
      const { deployment } = await open().running()
      const candidate = await vetCandidate(configured, releases, deployment)
      return async () => void (await submit(configured, candidate, open()))
    },
    async deploy(services = []) {
      await (
        await this.prepare(services)
      )()
    },
    async replicas() {
      const status = outputOf(await open().control('status', {})) as unknown as { replicas: RunningReplica[] }
      return status.replicas
    },
  }
}

function raise(message: string): never {
  throw new Error(message)
}

/** Asks the gateway over and over, on new connections and on kept ones, until it is told to stop. */
export function load(state: string, gateway: string) {
  const progress = { done: false, answered: 0, failed: [] as string[] }
  const ca = readFileSync(join(state, 'gateway/ca.pem'))
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ca })
  const ask = async (kept: boolean) => {
    try {
      const { status, body } = await get(`${gateway}/greetings/Ada`, { ca, agent: kept ? agent : false })
      if (status === 200) progress.answered += 1
      else if (status !== 429) progress.failed.push(`${status} ${JSON.stringify(body)}`)
    } catch (thrown) {
      progress.failed.push(String(thrown))
    }
  }
  const callers = [true, true, false].map(async (kept) => {
    while (!progress.done) {
      await ask(kept)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })
  return {
    progress,
    async stop() {
      progress.done = true
      await Promise.all(callers)
      agent.destroy()
      return progress
    },
  }
}

export function get(
  url: string,
  options: { readonly ca: Buffer; readonly agent: Agent | false },
): Promise<{ readonly status: number; readonly body: Json }> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response.statusCode ?? 0, body: text === '' ? null : (JSON.parse(text) as Json) })
      })
    })
      .on('error', reject)
      .end()
  })
}

/** Processes of this machine that name a folder on their command line, without the control plane. */
export function processesOf(folder: string): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return command.includes(folder) && !command.includes('--trust-domain')
          ? [{ pid: Number(entry), command }]
          : []
      } catch {
        return []
      }
    })
}
