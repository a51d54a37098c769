// A replica of the catalogue in a process of its own, so that a test can stop it, kill it or drain it.
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCredentials, type Credentials } from '@plimsoll/identity'
import { implement } from '../implement.ts'
import { createLogger } from '../log.ts'
import { serve } from '../server.ts'
import { catalog } from './shop.ts'

export interface Opening {
  readonly credentials: Credentials
  readonly callers: readonly string[]
}

const service = implement(catalog, {
  operations: {
    async lookup({ sku }) {
      await sleep(5)
      return { sku, price: Number(sku) }
    },
    rename: () => ({ renamed: true }),
  },
})

async function open({ credentials, callers }: Opening): Promise<void> {
  const revived = readCredentials(credentials)
  const server = await serve(service, {
    credentials: () => revived,
    listen: { host: '127.0.0.1', port: 0 },
    snapshot: () => ({ revision: 1, endpoints: {}, callers: { lookup: callers, rename: callers } }),
    dataFolder: tmpdir(),
    externals: {},
    logger: createLogger({ service: 'catalog', instance: 'catalog', sink: () => undefined }),
  })
  process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
  process.send?.(server.address)
}

process.once('message', (opening: Opening) => void open(opening))
