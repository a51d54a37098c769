import type { ChildProcess } from 'node:child_process'
import { loadingOf, startLoader, type LoadOptions, type Loading } from './loading.ts'

/** Loads entry modules, each in a process of its own. */
export interface ModuleLoader {
  readonly load: (options: LoadOptions) => Promise<Loading>
}

export interface WarmLoader extends ModuleLoader {
  /** Starts a process for the next loading, where none waits: when nobody waits for anything else that needs the processor. */
  prepare(): void
  /** Ends the process that waits. */
  close(): Promise<void>
}

/**
 * A loader with one process that is started already, so that nobody waits for Node and for Plimsoll's runtime. It has loaded
 * nothing else of the project when the entry's path comes, loads that one module, and ends: what it tells is what a process
 * started now would tell. Were the runtime itself changed in between, the replica would not start: it compares what it
 * declares with what was vetted.
 */
export function openWarmLoader(project: string): WarmLoader {
  let waiting: ChildProcess | undefined = prepared(project)
  let closed = false
  const loader: WarmLoader = {
    async load(options) {
      const child = options.project === project ? waiting : undefined
      if (child === undefined || child.exitCode !== null || child.signalCode !== null)
        return await loadingOf(startLoader(options.project, options.entry), options.timeoutMs)
      waiting = undefined
      const loading = loadingOf(child, options.timeoutMs)
      child.stdin?.end(options.entry)
      return await loading
    },
    prepare() {
      if (!closed) waiting ??= prepared(project)
    },
    async close() {
      closed = true
      const child = waiting
      waiting = undefined
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      await new Promise((resolve) => {
        child.once('close', resolve)
        child.kill('SIGKILL')
      })
    },
  }
  return loader
}

function prepared(project: string): ChildProcess {
  const child = startLoader(project)
  // One that could not be started or has ended is seen when it is asked for.
  child.on('error', () => undefined)
  child.stdin?.on('error', () => undefined)
  return child
}
