// Reads the configuration in a thread of its own: Node keeps what a thread has loaded, and here it is to be read as it is now.
import { InvalidInput, messageOf, type Problem } from '@plimsoll/base'
import type { ArchitectureSettings } from '@plimsoll/architecture'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { readProject } from '../project.ts'
import type { ReadConfiguration } from './configuration.ts'

const inputs = new Set<string>()
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) inputs.add(fileURLToPath(url))
    return next(url, context)
  },
})

const answer = await read((workerData as { readonly folder: string }).folder)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of node:worker_threads has no origin
parentPort?.postMessage(answer)

async function read(folder: string): Promise<ReadConfiguration> {
  try {
    const { settings, places } = await readProject(folder)
    return { ok: true, settings: plain(settings), places, inputs: [...inputs] }
  } catch (thrown) {
    const problems: readonly Problem[] =
      thrown instanceof InvalidInput ? thrown.problems : [{ message: messageOf(thrown) }]
    return { ok: false, problems: copy(problems), inputs: [...inputs] }
  }
}

/** As data: of the operations that a consumer uses, their names are all that counts here. */
function plain(settings: ArchitectureSettings): ArchitectureSettings {
  const consumers = Object.entries(settings.consumers ?? {}).map(([name, { uses, ...consumer }]) => [
    name,
    {
      ...consumer,
      uses: uses.map(({ kind, service, name: operation }) => ({ kind, service, name: operation })),
    },
  ])
  return copy({
    ...settings,
    consumers: Object.fromEntries(consumers) as NonNullable<ArchitectureSettings['consumers']>,
  })
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
