import type { Deployment } from '@plimsoll/architecture'
import { messageOf, systemClock, type Clock, type Digest } from '@plimsoll/base'
import type { ApiKeyRecord } from '@plimsoll/identity'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { AuditLog } from './audit/audit-log.ts'
import { BreakGlassRecords } from './break-glass.ts'
import { CanaryLog, canarySchema } from './canary/canary-log.ts'
import { ControlFailure } from './errors.ts'

type GenerationStatus = 'rolling' | 'live' | 'superseded' | 'failed'
export type GenerationKind = 'change' | 'rollback' | 'resumed'

/** One deployment that was admitted, with what admitted it. Never changed but for its status. */
export interface Generation {
  readonly number: number
  readonly status: GenerationStatus
  readonly kind: GenerationKind
  /** RFC 3339. */
  readonly at: string
  readonly deployment: Deployment
  /** Digests of the architecture before and after. */
  readonly before: Digest
  readonly after: Digest
  /** Releases that it brought: service → digest. */
  readonly candidate: Readonly<Record<string, Digest>>
  /** Digest of the policy that it was admitted under. */
  readonly policy: Digest
  readonly attestation: unknown
  /** Why it failed. */
  readonly reason?: string | undefined
}

export type NewGeneration = Pick<
  Generation,
  'kind' | 'deployment' | 'before' | 'after' | 'candidate' | 'policy' | 'attestation'
>

/** What the control plane must not forget. Every write is on the disk when the call returns. */
export interface State {
  readonly audit: AuditLog
  readonly breakGlass: BreakGlassRecords
  readonly canaries: CanaryLog
  begin(generation: NewGeneration): number
  /** Makes a generation the live one; the one before is superseded in the same transaction. */
  promote(number: number): void
  fail(number: number, reason: string): void
  live(): Generation | undefined
  generation(number: number): Generation | undefined
  /** The newest first. */
  generations(most: number): readonly Generation[]
  /** Generations that were live once and led to this architecture, the newest first. */
  admitted(after: Digest): readonly Generation[]
  /** The attestations of every change from one architecture to another that was ever begun, whatever came of it. */
  attestations(before: Digest, after: Digest): readonly unknown[]
  consumerKeys(): readonly ApiKeyRecord[]
  addConsumerKey(record: ApiKeyRecord): void
  /** Forgets every key of a consumer, so that it opens nothing; gives their ids. */
  removeConsumerKeys(consumer: string): readonly string[]
  /** The key that was trusted first for a purpose; pins the given one where there was none. */
  pinnedKey(purpose: string, publicKey: string): string
  close(): void
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS generation (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    status TEXT NOT NULL CHECK (status IN ('rolling', 'live', 'superseded', 'failed')),
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    deployment TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    candidate TEXT NOT NULL,
    policy TEXT NOT NULL,
    attestation TEXT NOT NULL,
    reason TEXT
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS one_live ON generation (status) WHERE status = 'live';
  CREATE TABLE IF NOT EXISTS consumer_key (id TEXT PRIMARY KEY, consumer TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS pinned_key (purpose TEXT PRIMARY KEY, public_key TEXT NOT NULL) STRICT;
  ${canarySchema}
`

/**
 * The state in a folder. What was half rolled when a control plane ended is marked as failed: what was live stays so. A canary is none of that: it goes on.
 * @throws {ControlFailure} `STATE` where the file is damaged; it is never overwritten.
 */
export function openState(folder: string, clock: Clock = systemClock): State {
  const path = join(folder, 'control.sqlite')
  let database: DatabaseSync | undefined
  try {
    checkLength(path)
    database = new DatabaseSync(path, { timeout: 5_000 })
    database.exec(schema)
    const damage = database.prepare('PRAGMA quick_check(1)').get()
    if (damage?.['quick_check'] !== 'ok') throw new Error(String(damage?.['quick_check']))
    database
      .prepare(
        "UPDATE generation SET status = 'failed', reason = 'the control plane ended before it was live' WHERE status = 'rolling' AND number NOT IN (SELECT generation FROM canary)",
      )
      .run()
  } catch (cause) {
    database?.close()
    throw damaged(path, cause)
  }
  return new SqliteState(database, { path, clock })
}

/** SQLite takes a file of no bytes for a new database: what was live would be forgotten without a word. */
function checkLength(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) throw new Error('the file is empty')
}

function damaged(file: string, cause: unknown): ControlFailure {
  return new ControlFailure('STATE', `the state cannot be read: ${messageOf(cause)}`, {
    place: { file },
    fix: 'move the state folder away and bring a backup back: plimsoll restore FOLDER; or move this file away to begin with nothing: releases, keys and data stay',
    cause,
  })
}

type Row = Record<string, SQLOutputValue>

class SqliteState implements State {
  readonly #database: DatabaseSync
  readonly audit: AuditLog
  readonly breakGlass: BreakGlassRecords
  readonly canaries: CanaryLog
  readonly #path: string
  readonly #clock: Clock

  constructor(database: DatabaseSync, { path, clock }: { readonly path: string; readonly clock: Clock }) {
    this.#database = database
    this.audit = new AuditLog(database, clock)
    this.breakGlass = new BreakGlassRecords(database, clock)
    this.canaries = new CanaryLog(database)
    this.#path = path
    this.#clock = clock
  }

  begin({ kind, deployment, before, after, candidate, policy, attestation }: NewGeneration): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        "INSERT INTO generation (status, kind, at, deployment, before, after, candidate, policy, attestation) VALUES ('rolling', ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        kind,
        this.#now(),
        JSON.stringify(deployment),
        before,
        after,
        JSON.stringify(candidate),
        policy,
        JSON.stringify(attestation),
      )
    return Number(lastInsertRowid)
  }

  promote(number: number): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      this.#database
        .prepare("UPDATE generation SET status = 'superseded' WHERE status = 'live' AND number <> ?")
        .run(number)
      this.#database.prepare("UPDATE generation SET status = 'live' WHERE number = ?").run(number)
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  fail(number: number, reason: string): void {
    this.#database
      .prepare("UPDATE generation SET status = 'failed', reason = ? WHERE number = ?")
      .run(reason, number)
  }

  live(): Generation | undefined {
    const row = this.#database.prepare("SELECT * FROM generation WHERE status = 'live'").get()
    return row === undefined ? undefined : this.#generation(row)
  }

  generation(number: number): Generation | undefined {
    const row = this.#database.prepare('SELECT * FROM generation WHERE number = ?').get(number)
    return row === undefined ? undefined : this.#generation(row)
  }

  generations(most: number): readonly Generation[] {
    return this.#database
      .prepare('SELECT * FROM generation ORDER BY number DESC LIMIT ?')
      .all(most)
      .map((row) => this.#generation(row))
  }

  admitted(after: Digest): readonly Generation[] {
    return this.#database
      .prepare(
        "SELECT * FROM generation WHERE after = ? AND status IN ('live', 'superseded') ORDER BY number DESC",
      )
      .all(after)
      .map((row) => this.#generation(row))
  }

  attestations(before: Digest, after: Digest): readonly unknown[] {
    return this.#database
      .prepare('SELECT attestation FROM generation WHERE before = ? AND after = ?')
      .all(before, after)
      .map(({ attestation }) => JSON.parse(String(attestation)) as unknown)
  }

  consumerKeys(): readonly ApiKeyRecord[] {
    return this.#database
      .prepare('SELECT id, consumer, hash FROM consumer_key ORDER BY id')
      .all()
      .map(({ id, consumer, hash }) => ({ id: String(id), consumer: String(consumer), hash: String(hash) }))
  }

  addConsumerKey({ id, consumer, hash }: ApiKeyRecord): void {
    this.#database.prepare('INSERT INTO consumer_key VALUES (?, ?, ?)').run(id, consumer, hash)
  }

  removeConsumerKeys(consumer: string): readonly string[] {
    return this.#database
      .prepare('DELETE FROM consumer_key WHERE consumer = ? RETURNING id')
      .all(consumer)
      .map(({ id }) => String(id))
  }

  pinnedKey(purpose: string, publicKey: string): string {
    this.#database.prepare('INSERT OR IGNORE INTO pinned_key VALUES (?, ?)').run(purpose, publicKey)
    const row = this.#database.prepare('SELECT public_key FROM pinned_key WHERE purpose = ?').get(purpose)
    return String(row?.['public_key'])
  }

  close(): void {
    this.#database.close()
  }

  #generation(row: Row): Generation {
    try {
      return generationOf(row)
    } catch (cause) {
      throw damaged(this.#path, cause)
    }
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}

function generationOf(row: Row): Generation {
  return {
    number: Number(row['number']),
    status: String(row['status']) as GenerationStatus,
    kind: String(row['kind']) as GenerationKind,
    at: String(row['at']),
    deployment: JSON.parse(String(row['deployment'])) as Deployment,
    before: String(row['before']) as Digest,
    after: String(row['after']) as Digest,
    candidate: JSON.parse(String(row['candidate'])) as Readonly<Record<string, Digest>>,
    policy: String(row['policy']) as Digest,
    attestation: JSON.parse(String(row['attestation'])),
    reason: row['reason'] === null ? undefined : String(row['reason']),
  }
}
