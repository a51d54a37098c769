import {
  engineProof,
  equalSecrets,
  greetingMs,
  hashOfResumeSecret,
  JsonLines,
  longestGreeting,
} from '@plimsoll/service'
import { chmodSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { RunningRecord, RunningRecords } from './records.ts'
import { Survivor } from './survivor.ts'

/** Of one process; whoever knocks more often at once is not the one that is waited for. */
const mostKnocking = 8
/** Telemetry is the longest that a process says. */
const longestMessage = 16 * 1_048_576

/**
 * Waits for one process to come back to its own socket. It has to show the secret that it was given; until then nothing is believed but
 * that somebody who sees the socket has connected.
 * @returns undefined where it does not come in time
 */
export async function recall(
  record: RunningRecord,
  records: RunningRecords,
  signal: AbortSignal,
): Promise<Survivor | undefined> {
  const { promise, resolve } = Promise.withResolvers<Survivor | undefined>()
  const knocking = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (knocking.size >= mostKnocking) {
      socket.destroy()
      return
    }
    knocking.add(socket)
    socket.once('close', () => knocking.delete(socket))
    void greet(socket, record).then((known) => {
      if (known === undefined) return socket.destroy()
      knocking.delete(socket)
      return resolve(new Survivor({ record, records, ...known }))
    })
  })
  try {
    await open(server, record.socket)
    const end = () => resolve(undefined)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    return await promise
  } catch {
    // The folder of its socket is gone: it cannot come back.
    return undefined
  } finally {
    server.close()
    for (const socket of knocking) socket.destroy()
  }
}

/** The folder is shown to the sandbox of this one process, whose user may be another one; nobody else gets as far as here. */
async function open(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true })
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, 0o666)
}

/** Both ends prove themselves, the engine first. */
async function greet(
  socket: Socket,
  { id, hashes }: RunningRecord,
): Promise<{ readonly lines: JsonLines; readonly hash: string } | undefined> {
  const lines = new JsonLines(socket, longestGreeting)
  try {
    const { type, id: said, nonce } = (await lines.next(greetingMs)) as Record<string, unknown>
    if (type !== 'hello' || said !== id || typeof nonce !== 'string') return undefined
    await lines.send({ type: 'engine', proofs: hashes.map((hash) => engineProof(hash, id, nonce)) })
    const answer = (await lines.next(greetingMs)) as Record<string, unknown>
    if (answer['type'] !== 'resume' || typeof answer['secret'] !== 'string') return undefined
    const shown = hashOfResumeSecret(answer['secret'])
    const hash = hashes.find((known) => equalSecrets(known, shown))
    lines.mostBytes = longestMessage
    return hash === undefined ? undefined : { lines, hash }
  } catch {
    return undefined
  }
}
