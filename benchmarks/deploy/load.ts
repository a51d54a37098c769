import { Agent as PlainAgent, get as plainGet, type IncomingMessage } from 'node:http'
import { Agent, get } from 'node:https'

/** Requests that go on, one after another in each of a few loops. */
export interface Load {
  readonly requests: number
  readonly failed: number
  /** Milliseconds from now until an answer holds a word. */
  until(word: string): Promise<number>
  stop(): Promise<void>
}

/** Less often than the gateway allows one consumer. */
const betweenMs = 12
const longestWaitMs = 60_000
const requestMs = 10_000

export interface LoadOptions {
  readonly address: string
  readonly ca?: string | undefined
  /** Authorization of each client; one loop for each. */
  readonly clients: readonly string[]
}

/** Puts load on an address, bounded in concurrency and rate; whatever is no 200 with a whole answer has failed. */
export function startLoad({ address, ca, clients }: LoadOptions): Load {
  const secure = address.startsWith('https:')
  const agent = secure
    ? new Agent({ keepAlive: true, maxSockets: clients.length, ca })
    : new PlainAgent({ keepAlive: true, maxSockets: clients.length })
  const once = (authorization: string) =>
    new Promise<string>((resolve, reject) => {
      const answered = (response: IncomingMessage) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('error', reject)
        response.on('end', () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
        )
      }
      const options = { agent, timeout: requestMs, headers: { authorization } }
      const sent = secure
        ? get(address, { ...options, agent }, answered)
        : plainGet(address, options, answered)
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
      sent.on('error', reject)
    })
  const counted = { requests: 0, failed: 0 }
  const waiting = new Set<{ word: string; found: () => void }>()
  const over = new AbortController()
  const loop = async (authorization: string) => {
    while (!over.signal.aborted) {
      counted.requests += 1
      const next = performance.now() + betweenMs
      try {
        const text = await once(authorization)
        for (const one of waiting) if (text.includes(`"${one.word}"`)) one.found()
      } catch {
        counted.failed += 1
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())))
    }
  }
  const running = clients.map(loop)
  return {
    get requests() {
      return counted.requests
    },
    get failed() {
      return counted.failed
    },
    until(word) {
      const begun = performance.now()
      return new Promise((resolve, reject) => {
        const one = {
          word,
          found() {
            waiting.delete(one)
            clearTimeout(late)
            resolve(performance.now() - begun)
          },
        }
        const late = setTimeout(() => {
          waiting.delete(one)
          reject(new Error(`nobody answered ${word} in time`))
        }, longestWaitMs)
        waiting.add(one)
      })
    },
    async stop() {
      over.abort()
      await Promise.all(running)
      agent.destroy()
    },
  }
}
