// A service that has answered one call over mutual TLS, with everything that the runtime does.
import { readCredentials } from '@plimsoll/identity'
import type { Ends } from './variant.ts'
import { plimsoll } from './variants/plimsoll.ts'

process.on('message', (message: Ends | 'memory') => {
  if (message === 'memory') process.send?.(process.memoryUsage.rss())
  else void answerOnce(message)
})

async function answerOnce({ server, client }: Ends): Promise<void> {
  const ends = { server: readCredentials(server), client: readCredentials(client) }
  const call = await plimsoll.connect(await plimsoll.serve(ends), ends)
  await call()
  process.send?.('answered')
}
