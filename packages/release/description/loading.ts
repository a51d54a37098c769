import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Answer } from './answer.ts'

/** How loading an entry module ended. */
export type Loading =
  | Answer
  | { readonly type: 'hung' }
  | { readonly type: 'ended'; readonly code: number | null }
  | { readonly type: 'too-large' }

export interface LoadOptions {
  /** Absolute path of the entry module. */
  readonly entry: string
  /** The working directory while it loads. */
  readonly project: string
  readonly timeoutMs: number
}

const program = fileURLToPath(import.meta.resolve('./child.ts'))
const largestAnswer = 16 * 1024 * 1024

/**
 * Loads a module in a process of its own: without the environment, the network, child processes, threads, native code
 * and writing; nothing outlives the answer.
 */
export function load({ entry, project, timeoutMs }: LoadOptions): Promise<Loading> {
  return loadingOf(startLoader(project, entry), timeoutMs)
}

/**
 * The process that loads one module and ends. Without an entry it waits for one on its standard input, having loaded nothing
 * but Plimsoll's own modules.
 */
export function startLoader(project: string, entry?: string): ChildProcess {
  const cache = compileCache(project)
  return spawn(process.execPath, [...permissions(cache), program, ...(entry === undefined ? [] : [entry])], {
    cwd: project,
    env: environment(cache),
    stdio: [entry === undefined ? 'pipe' : 'ignore', 'ignore', 'ignore', 'pipe'],
  })
}

/** How the loading ends that a process does. */
export function loadingOf(child: ChildProcess, timeoutMs: number): Promise<Loading> {
  return new Promise((resolve, reject) => {
    let verdict: Loading | undefined
    const end = (reason: Loading): void => {
      verdict ??= reason
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end({ type: 'hung' }), timeoutMs)
    const answer = collect(child.stdio[3] as Readable, largestAnswer, () => end({ type: 'too-large' }))
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve(verdict ?? parseAnswer(answer()) ?? { type: 'ended', code })
    })
  })
}

function permissions(cache: string | undefined): string[] {
  const writing = cache === undefined ? [] : [`--allow-fs-write=${cache}`]
  return ['--permission', '--allow-fs-read=*', ...writing, '--max-old-space-size=1024', '--no-warnings']
}

/** Nothing of the builder's environment, secrets least of all. Windows cannot open sockets without its root. */
function environment(cache: string | undefined): Record<string, string> {
  const root = process.env['SystemRoot']
  return {
    ...(root !== undefined && { SystemRoot: root }),
    ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }),
  }
}

/**
 * Where Node keeps what it compiled: halves the time of the next description. Beside the project's packages, which
 * whoever can write there controls anyway; Node compares each entry with its source. Nothing where it cannot be made.
 */
function compileCache(project: string): string | undefined {
  for (let folder = project; ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules')
    if (existsSync(packages)) return madeFolder(join(packages, '.cache', 'plimsoll'))
    if (dirname(folder) === folder) return undefined
  }
}

function madeFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true })
    return folder
  } catch {
    return undefined
  }
}

/** Keeps the first bytes of a stream and reads on, so that the writer is never blocked. */
function collect(stream: Readable, limit: number, onExcess: () => void): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else onExcess()
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return undefined
  }
}
