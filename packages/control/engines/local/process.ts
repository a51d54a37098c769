import { parseAddress, type EngineMessage, type WorkloadMessage } from '@plimsoll/service'
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { isIP } from 'node:net'
import type { Writable } from 'node:stream'
import type { LaunchCommand } from './isolation/isolation.ts'
import type { LogFile } from './log-file.ts'

/** For output that is still in the pipe of a process that has ended. */
const outputMs = 1_000

/** One process of a workload, with its channel. */
export interface WorkloadProcess {
  readonly pid: number | undefined
  send(message: EngineMessage): void
  /** Resolves when the process has ended, with the way it did. */
  readonly ended: Promise<string>
  /** Lets it finish what runs; kills it where it does not end in time. */
  drain(): Promise<void>
  kill(): void
  /** Lets it run on, and is told nothing of it any more. */
  letGo(): void
}

export interface ProcessOptions {
  readonly launch: LaunchCommand
  readonly log: LogFile
  /** Called before the program can begin, with its process id; where it throws, the program does not. */
  readonly onSpawn?: ((pid: number) => void) | undefined
  /** From the word to end until it is killed. */
  readonly drainMs: number
  readonly onMessage: (message: WorkloadMessage) => void
}

/**
 * Starts a program with nothing of this process's environment: no variable, no argument, no descriptor but its output and
 * the channel.
 */
export function startProcess(options: ProcessOptions): WorkloadProcess {
  const { launch, log, drainMs, onMessage } = options
  const child = spawnBehindWalls(launch, options.onSpawn)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => log.write(chunk))
  }
  child.on('message', (message) => {
    if (isWorkloadMessage(message)) onMessage(message)
  })
  const ended = endOf(child).finally(launch.release)
  return {
    pid: child.pid,
    ended,
    send(message) {
      // A process that has just ended cannot be told anything; its end is handled where it is waited for.
      if (child.connected) child.send(message, () => undefined)
    },
    async drain() {
      if (child.connected) child.send({ type: 'drain' } satisfies EngineMessage, () => undefined)
      else child.kill('SIGTERM')
      const timer = setTimeout(() => killGroup(child), drainMs)
      await ended
      clearTimeout(timer)
    },
    kill: () => killGroup(child),
    letGo() {
      if (child.connected) child.disconnect()
      for (const stream of [child.stdout, child.stderr]) stream?.destroy()
      child.unref()
    },
  }
}

function spawnBehindWalls(
  { command, cwd, filter, release }: LaunchCommand,
  onSpawn: ProcessOptions['onSpawn'],
): ChildProcess {
  const [file = '', ...args] = command
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'ipc']
  const child = spawn(file, args, {
    cwd,
    env: {},
    // A group of its own: what it starts ends with it.
    detached: process.platform !== 'win32',
    stdio: filter === undefined ? stdio : [...stdio, 'pipe'],
    serialization: 'json',
  })
  try {
    if (child.pid !== undefined) onSpawn?.(child.pid)
  } catch (thrown) {
    child.on('error', () => undefined).once('exit', release)
    killGroup(child)
    throw thrown
  }
  const door = child.stdio[4] as Writable | null | undefined
  // A program that ended before it read its filter is told where its end is waited for.
  door?.on('error', () => undefined).end(filter)
  return child
}

/** Ends a process, and whatever it has started. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nobody of the group is there any more.
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`))
    child.once('exit', () => {
      killGroup(child)
      // What left the group may still hold the pipes: nobody waits for it.
      const late = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, outputMs)
      child.once('close', () => clearTimeout(late))
    })
    child.once('close', (code, signal) =>
      resolve(signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`),
    )
  })
}

type Shape = (message: Readonly<Record<string, unknown>>) => boolean
/** What each kind of message has to hold, beside its type. */
const shapes: Readonly<Record<WorkloadMessage['type'], Shape>> = {
  'certificate-request': ({ publicKey, proof, names }) =>
    typeof publicKey === 'string' && typeof proof === 'string' && (names === undefined || isTexts(names)),
  ready: ({ address }) => typeof address === 'string' && isOwnAddress(address),
  trusts: ({ epoch, authorities }) => Number.isSafeInteger(epoch) && isTexts(authorities),
  'subject-key': ({ publicKey }) => typeof publicKey === 'string',
  telemetry: ({ id, told }) => Number.isSafeInteger(id) && typeof told === 'object' && told !== null,
  pong: () => true,
  'resume-taken': () => true,
  output: ({ text }) => typeof text === 'string',
  stopped: ({ reason }) => typeof reason === 'string',
}

/** The channel brings what the workload chose to say: nothing of it is believed before it is looked at. */
export function isWorkloadMessage(message: unknown): message is WorkloadMessage {
  if (typeof message !== 'object' || message === null) return false
  const { type } = message as { readonly type?: unknown }
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type)) return false
  return shapes[type as WorkloadMessage['type']](message as Readonly<Record<string, unknown>>)
}

/** Of this machine, and no name that could be looked up. */
function isOwnAddress(address: string): boolean {
  const place = address.length > 120 ? undefined : parseAddress(address)
  return place !== undefined && ('path' in place || isIP(place.host) !== 0)
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
