import type { Clock, Json } from '@plimsoll/base'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { chained, firstLink, type AuditEntry, type AuditFacts } from './chain.ts'

/** Every privileged act, in the order in which it was written down; nothing is ever changed or taken away. */
export class AuditLog {
  readonly #database: DatabaseSync
  readonly #clock: Clock

  /** @param database one whose writes are on the disk when they return */
  constructor(database: DatabaseSync, clock: Clock) {
    database.exec(schema)
    this.#database = database
    this.#clock = clock
  }

  /** Writes an act down; it is on the disk when this returns. */
  append(facts: AuditFacts): AuditEntry {
    // Another process may append too, such as one that makes a backup: what is read is the last line until this one is written.
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const { number, hash } = this.head()
      const at = new Date(this.#clock.now()).toISOString()
      const entry = chained({ ...facts, number: number + 1, at }, hash)
      this.#database
        .prepare('INSERT INTO audit (number, entry, hash) VALUES (?, ?, ?)')
        .run(entry.number, JSON.stringify(entry), entry.hash)
      this.#database.exec('COMMIT')
      return entry
    } catch (thrown) {
      this.#database.exec('ROLLBACK')
      throw thrown
    }
  }

  /** The newest entry's number and hash: kept somewhere else, it proves later that nothing before it was changed. */
  head(): { readonly number: number; readonly hash: string } {
    const row = this.#database.prepare('SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1').get()
    return row === undefined ? firstLink : { number: Number(row['number']), hash: String(row['hash']) }
  }

  /** The newest first. */
  newest(most: number): readonly AuditEntry[] {
    return this.#database
      .prepare('SELECT entry FROM audit ORDER BY number DESC LIMIT ?')
      .all(most)
      .map((row) => JSON.parse(String(row['entry'])) as AuditEntry)
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
  CREATE TRIGGER IF NOT EXISTS audit_is_not_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
`

/** All lines of the log in a database, as they are, and the highest number that was ever given. */
export function readAudit(database: DatabaseSync): {
  readonly lines: Iterable<AuditLine>
  readonly highest: number
} {
  const given = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").get()
  const rows = database.prepare('SELECT number, entry, hash FROM audit ORDER BY number').iterate()
  return { lines: linesOf(rows), highest: Number(given?.['seq'] ?? 0) }
}

/** One line as it lies in the file: nothing of it is believed. */
export interface AuditLine {
  readonly number: number
  /** Undefined where it is no JSON. */
  readonly entry: Json | undefined
  readonly hash: string
}

function* linesOf(rows: Iterable<Record<string, SQLOutputValue>>): Iterable<AuditLine> {
  for (const { number, entry, hash } of rows)
    yield { number: Number(number), entry: jsonOf(String(entry)), hash: String(hash) }
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
