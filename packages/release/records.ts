import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { canonicalJson, digestOfJson, isDigest, type Digest } from '@plimsoll/base'

/** Which release came of which sources, so that nothing is built twice. It only saves work: what runs is checked by its digest and signature all the same. */
export interface BuildRecords {
  /** The release that these sources gave before; undefined where there is none, or anything of them has changed. */
  find(entry: string): Digest | undefined
  /** Absolute paths of what the last build of an entry read, also where it has changed since; empty where none is known. */
  inputs(entry: string): readonly string[]
  /** Remembers what a build read and what came of it, unless something of it was changed while it was built. */
  keep(built: BuiltFrom, digest: Digest): void
}

interface BuiltFrom {
  readonly entry: string
  /** Absolute paths of everything that was read. */
  readonly inputs: readonly string[]
  /** When the build began, in milliseconds since the epoch. */
  readonly begunAt: number
}

/** The clock of a file system may be behind by this much. */
const clockGrainMs = 20

interface BuildRecord {
  readonly tool: string
  /** Absolute path → SHA-256 of its content, hexadecimal; null where there was no such file. */
  readonly inputs: Readonly<Record<string, string | null>>
  readonly release: Digest
}

/** Contents, hashed once in a process for all services that share them. */
type Hashes = Map<string, string | null>

/** Another runtime or another Plimsoll could build something else. */
const tool = `${process.version} ${toolVersion()}`

/** The records in a folder, which is made when the first one is kept. */
export function openBuildRecords(folder: string): BuildRecords {
  const hashes: Hashes = new Map()
  const read = new Map<string, readonly string[]>()
  const fileOf = (entry: string) => join(folder, `${digestOfJson(entry).slice('sha256:'.length, 30)}.json`)
  return {
    find(entry) {
      const record = readRecord(fileOf(entry))
      const same =
        record !== undefined &&
        record.tool === tool &&
        Object.entries(record.inputs).every(([path, hash]) => hashOf(path, hashes) === hash)
      return same ? record.release : undefined
    },
    inputs: (entry) => read.get(entry) ?? Object.keys(readRecord(fileOf(entry))?.inputs ?? {}),
    keep({ entry, inputs, begunAt }, release) {
      read.set(entry, inputs)
      if (inputs.some((path) => changedSince(path, begunAt))) return
      const files = new Set([...inputs, ...inputs.flatMap(manifestsAbove)])
      const record: BuildRecord = {
        tool,
        inputs: Object.fromEntries([...files].map((path) => [path, hashOf(path, new Map())])),
        release,
      }
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const draft = `${fileOf(entry)}.${process.pid}.new`
      writeFileSync(draft, canonicalJson(record), { mode: 0o600 })
      renameSync(draft, fileOf(entry))
    },
  }
}

function changedSince(path: string, time: number): boolean {
  const facts = statSync(path, { throwIfNoEntry: false })
  return facts === undefined || facts.mtimeMs >= time - clockGrainMs
}

/** What is damaged is no record. */
function readRecord(file: string): BuildRecord | undefined {
  if (!existsSync(file)) return undefined
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<BuildRecord> | null
    const { inputs, release } = record ?? {}
    const whole = typeof inputs === 'object' && inputs !== null && Object.keys(inputs).length > 0
    return whole && typeof release === 'string' && isDigest(release) ? (record as BuildRecord) : undefined
  } catch {
    return undefined
  }
}

function hashOf(path: string, hashes: Hashes): string | null {
  const known = hashes.get(path)
  if (known !== undefined) return known
  const hash = contentHash(path)
  hashes.set(path, hash)
  return hash
}

function contentHash(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return null
  }
}

/** The package.json files that say what a module is: its package's, and of every folder between, where one could come to be. */
function manifestsAbove(path: string): readonly string[] {
  const found: string[] = []
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    found.push(manifest)
    if (existsSync(manifest) || folder === dirname(folder) || folder.endsWith(`${sep}node_modules`))
      return found
  }
}

function toolVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}
