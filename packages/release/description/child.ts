// The program that loads a user's entry module, alone in a process, and tells what its service declares.
// Its answer goes to the inherited descriptor 3: what the user's code prints cannot disturb it.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describeContract, describeUses, type Contract, type Uses } from '@plimsoll/contract'
import type { Answer, ThrownFacts } from './answer.ts'

const answerDescriptor = 3
const [, , named] = process.argv
// Without an argument it was started before anybody knew what to load: the entry comes on standard input.
const entry = named ?? (await prepared())

process.on('uncaughtException', (thrown: unknown) => answer({ type: 'threw', thrown: factsOf(thrown) }))
// Whoever started it has gone before there was something to load.
if (entry === '') process.exit(0)
answer(await describe())

/** Loads Plimsoll's runtime as the project has it, which every entry module loads, and waits for the entry. */
async function prepared(): Promise<string> {
  try {
    const project = createRequire(join(process.cwd(), 'package.json'))
    await import(pathToFileURL(project.resolve('@plimsoll/service')).href)
  } catch {
    // The entry has another copy or none: what it loads is told when it is loaded.
  }
  return readFileSync(0, 'utf8')
}

async function describe(): Promise<Answer> {
  try {
    const exported = (await import(pathToFileURL(entry).href)) as Record<string, unknown>
    const { service } = exported
    if (service === undefined) return { type: 'no-service', exported: Object.keys(exported) }
    if (!isService(service)) return { type: 'wrong-kind', kind: kindOf(service) }
    return {
      type: 'described',
      contract: describeContract(service.contract),
      uses: describeUses(service.uses ?? {}),
    }
  } catch (thrown) {
    return { type: 'threw', thrown: factsOf(thrown) }
  }
}

/** By structure: the user's project may resolve another copy of Plimsoll than this program does. */
function isService(value: unknown): value is { contract: Contract; uses?: Uses } {
  return isObject(value) && value['kind'] === 'service' && kindOf(value['contract']) === 'contract'
}

function kindOf(value: unknown): string {
  if (!isObject(value)) return value === null ? 'null' : typeof value
  return typeof value['kind'] === 'string' ? value['kind'] : 'object'
}

function factsOf(thrown: unknown): ThrownFacts {
  if (!isObject(thrown)) return { message: String(thrown) }
  const { cause } = thrown
  // `fetch` hides the reason behind an error of its own.
  const reason = isObject(cause) && cause['code'] === 'ERR_ACCESS_DENIED' ? cause : thrown
  const text = (key: string, from = thrown): string | undefined => {
    const value = from[key]
    return typeof value === 'string' ? value : undefined
  }
  return {
    name: text('name'),
    message: text('message') ?? 'something was thrown that is no error',
    code: text('code', reason),
    stack: text('stack'),
    permission: text('permission', reason),
    problems: Array.isArray(thrown['problems']) ? thrown['problems'] : undefined,
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function answer(content: Answer): never {
  const bytes = Buffer.from(JSON.stringify(content))
  for (let written = 0; written < bytes.length;) written += writeSync(answerDescriptor, bytes, written)
  // Open timers, servers or connections of the user's module must not hold the answer back.
  process.exit(0)
}
