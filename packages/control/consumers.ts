import { checkName } from '@plimsoll/base'
import { createApiKey, writePrivateFileOnce } from '@plimsoll/identity'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { State } from './state.ts'

/**
 * Gives each consumer that has none an API key. The key lies in two files for its owner, once as it is and once as a header
 * for `curl -H @file`; the state keeps a hash. Where the file is gone there is a new key, and the former one stays good: whoever
 * took it may have handed it over.
 * @throws {InvalidInput} `NAME` on a consumer whose name is no file's
 */
export function keepConsumerKeys(consumers: readonly string[], folder: string, state: State): void {
  const known = new Set(state.consumerKeys().map(({ consumer }) => consumer))
  for (const consumer of consumers) {
    checkName(consumer, `consumers.${consumer}`)
    const path = join(folder, `${consumer}.key`)
    const header = join(folder, `${consumer}.header`)
    if (known.has(consumer) && existsSync(path)) continue
    // A file of a key that the state does not know would open nothing.
    for (const stale of [path, header]) rmSync(stale, { force: true })
    const { key, record } = createApiKey(consumer)
    state.addConsumerKey(record)
    writePrivateFileOnce(path, `${key}\n`)
    writePrivateFileOnce(header, `authorization: Bearer ${key}\n`)
  }
}
