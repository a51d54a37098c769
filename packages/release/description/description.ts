import { realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { messageOf } from '@plimsoll/base'
import type { ServiceManifest } from '@plimsoll/contract'
import { failed, invalid } from '../errors.ts'
import { readServiceSource, sourceFacts, type SourceFacts } from '../source/evidence.ts'
import { openSources, type Sources } from '../source/sources.ts'
import type { Answer } from './answer.ts'
import { diagnose } from './diagnosis.ts'
import { load } from './loading.ts'
import type { ModuleLoader } from './warm.ts'

export interface DescribeOptions {
  /** The folder that paths are told relative to: the configuration's. */
  readonly project: string
  /** The service's entry module, relative to the project. */
  readonly entry: string
  /** The longest that loading the entry may take, in milliseconds. Default 20 s. */
  readonly timeoutMs?: number
  /** A process that is started for it where absent. */
  readonly loader?: ModuleLoader | undefined
}

const longestLoading = 20_000

/**
 * What a service declares, read from its entry module: its export `service` is loaded in a process of its own, and
 * its source tells which calls each operation makes and where everything stands.
 * @throws {InvalidInput} where the module is missing, cannot be read or loaded, or exports no service; every problem
 * with its file and line.
 */
export async function describeService(options: DescribeOptions): Promise<ServiceManifest> {
  const project = realpathSync(resolve(options.project))
  const sources = openSources(project)
  const entry = findEntry(project, options.entry)
  const start = options.loader?.load ?? load
  const loading = start({ entry, project, timeoutMs: options.timeoutMs ?? longestLoading })
  // Parsing goes on while the other process loads.
  const source = readServiceSource(sources, entry)
  const answer = await loading.catch((cause: unknown) => {
    throw failed('DESCRIBE_FAILED', `Node could not be started: ${messageOf(cause)}`, {
      cause,
      retryable: true,
    })
  })
  if (answer.type !== 'described') throw diagnose(answer, { sources, project, entry, source })
  return manifestOf(answer, source ? sourceFacts(sources, source, answer) : fileOnly(sources, entry, answer))
}

/**
 * The entry's real path.
 * @throws {InvalidInput} `ENTRY_MISSING`
 */
export function findEntry(project: string, entry: string): string {
  const path = resolve(project, entry)
  try {
    if (statSync(path).isFile()) return realpathSync(path)
  } catch (cause) {
    throw missingEntry(entry, 'there is no such file', cause)
  }
  throw missingEntry(entry, 'it is no file')
}

function missingEntry(entry: string, why: string, cause?: unknown): Error {
  const problem = {
    message: `cannot read the service's entry module: ${why}`,
    place: { file: entry },
    fix: "write the path of a module, relative to the configuration, as the service's `entry`",
  }
  return invalid('ENTRY_MISSING', problem, cause)
}

type Described = Extract<Answer, { type: 'described' }>

function manifestOf({ contract, uses }: Described, facts: SourceFacts): ServiceManifest {
  return { format: 'plimsoll/manifest/1', name: contract.name, contract, uses, ...facts }
}

function fileOnly(sources: Sources, entry: string, { contract }: Described): SourceFacts {
  const place = { file: sources.file(entry) }
  const operations = Object.keys(contract.operations).map((name) => [`operations.${name}`, place])
  return { calls: {}, evidence: { service: place, contract: place, ...Object.fromEntries(operations) } }
}
