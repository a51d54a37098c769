import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const cli = join(import.meta.dirname, '../../apps/cli/bin/plimsoll.mjs')
const longestWaitMs = 900_000

/** A command of Plimsoll that stays. */
export interface StayingCommand {
  /** Resolves when it has printed something that fits; gives everything that it printed. */
  printed(pattern: RegExp): Promise<string>
  end(): Promise<void>
}

/** Starts `plimsoll up` or `plimsoll dev` on a project. */
export function stay(command: 'up' | 'dev', root: string): StayingCommand {
  return staying(
    spawn(process.execPath, [cli, command, '--project', root], { stdio: ['ignore', 'pipe', 'pipe'] }),
  )
}

/** A program of which one waits for what it prints, and that is ended. */
export function staying(child: ChildProcess): StayingCommand {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return {
    async printed(pattern) {
      for (const end = performance.now() + longestWaitMs; performance.now() < end;) {
        if (pattern.test(text)) return text
        if (child.exitCode !== null) throw new Error(`it ended:\n${text}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`it was not ready in time:\n${text}`)
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGINT')
      await ended
    },
  }
}

/** Runs a command to its end. @returns milliseconds, and what it told as JSON. */
export async function command(
  root: string,
  ...words: readonly string[]
): Promise<{ readonly ms: number; readonly told: unknown }> {
  const begun = performance.now()
  const child = spawn(process.execPath, [cli, ...words, '--json', '--project', root], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [text, error] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (error += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`plimsoll ${words.join(' ')}: ${text} ${error}`)
  return { ms: performance.now() - begun, told: JSON.parse(text) as unknown }
}

/** Wall time until a program of Node has ended, in milliseconds. */
export function endOf(words: readonly string[], cwd: string): number {
  const begun = performance.now()
  spawnSync(process.execPath, [...words], { cwd, stdio: 'ignore' })
  return performance.now() - begun
}

/** Processor time that a process takes while nothing happens, in percent of one processor; undefined where the system does not tell. */
export async function idleCpuPercent(pid: number, seconds: number): Promise<number | undefined> {
  const before = ticksOf(pid)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  const after = ticksOf(pid)
  if (before === undefined || after === undefined) return undefined
  const ticksPerSecond = 100
  return ((after - before) / ticksPerSecond / seconds) * 100
}

/** User and system time of a process in clock ticks (proc_pid_stat(5)). */
function ticksOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ') ?? []
    return Number(fields[11]) + Number(fields[12])
  } catch {
    return undefined
  }
}
