import type { JsonLines } from '@plimsoll/service'
import { rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { isWorkloadMessage, type ProcessOptions, type WorkloadProcess } from '../process.ts'
import { killMarked, markOf } from './process-mark.ts'
import type { RunningRecord } from './records.ts'

/** A process that is nobody's child tells no one of its end: it is looked for. */
const lookMs = 1_000
/** After its channel has closed. */
const soonMs = 20
/** A process without a channel can neither be certified nor told anything. */
const withoutChannelMs = 2_000

/** A process of a control plane that has gone, with a channel to this one. */
export function adoptProcess(
  record: RunningRecord,
  lines: JsonLines,
  { drainMs, onMessage }: Pick<ProcessOptions, 'drainMs' | 'onMessage'>,
): WorkloadProcess {
  const { pid, mark } = record
  const kill = () => killMarked(pid, mark)
  const watch = watchEnd(record, lines)
  const ended = watch.ended.finally(() => forget(record))
  lines.onMessage((message) => {
    if (isWorkloadMessage(message)) onMessage(message)
  })
  return {
    pid,
    ended,
    kill,
    letGo() {
      watch.stop()
      lines.close()
    },
    send: (message) => void lines.send(message),
    async drain() {
      await lines.send({ type: 'drain' })
      const timer = setTimeout(kill, drainMs)
      await ended
      clearTimeout(timer)
    },
  }
}

/** Ends a process that has not come back, and waits until it is gone. */
export async function endStranded(record: RunningRecord): Promise<void> {
  killMarked(record.pid, record.mark)
  for (let tries = 0; tries < 250 && markOf(record.pid) === record.mark; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, soonMs))
  forget(record)
}

function watchEnd(
  { pid, mark }: RunningRecord,
  lines: JsonLines,
): { readonly ended: Promise<string>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<string>()
  let closedAt: number | undefined
  let stopped = false
  const look = () => {
    if (markOf(pid) === mark) {
      if (closedAt !== undefined && performance.now() - closedAt > withoutChannelMs) killMarked(pid, mark)
      return
    }
    clearInterval(timer)
    lines.close()
    resolve('it ended; how is not known of a process that was adopted')
  }
  let timer = setInterval(look, lookMs)
  lines.onClose(() => {
    clearInterval(timer)
    if (stopped) return
    closedAt = performance.now()
    timer = setInterval(look, soonMs)
  })
  return {
    ended: promise,
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** Gives back what was made for a process, after its end. */
function forget({ groups, socket }: Pick<RunningRecord, 'groups' | 'socket'>): void {
  rmSync(dirname(socket), { recursive: true, force: true })
  for (const group of groups) {
    try {
      rmdirSync(group)
    } catch {
      // Of a process that is still being buried, or gone already.
    }
  }
}
