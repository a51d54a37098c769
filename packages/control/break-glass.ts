import type { Clock, Digest } from '@plimsoll/base'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { ControlRefusal } from './errors.ts'

/** Somebody answers, for a while, for a change that the gate refuses. Signatures and digests are checked all the same. */
export interface BreakGlass {
  /** The person who answers for it. */
  readonly person: string
  readonly reason: string
  /** RFC 3339; at most a day from now. */
  readonly expires: string
}

/** What was let in so. */
export interface BreakGlassRecord extends BreakGlass {
  /** SPIFFE ID of the operator who asked. */
  readonly operator: string
  /** RFC 3339. */
  readonly at: string
  /** Digest of the architecture that it led to. */
  readonly after: Digest
  /** Releases that it brought: service → digest. */
  readonly candidate: Readonly<Record<string, Digest>>
}

const longestMs = 24 * 3_600_000
const leastReason = 10
const shapes = {
  person: /^(?=.*\p{L})[\p{L}\p{M}\p{N} .,'’@_-]{3,100}$/u,
  reason: /^[^\p{Cc}\p{Cf}]{1,500}$/u,
}

/**
 * @throws {ControlRefusal} `BREAK_GLASS` where nobody is named, no reason is given, or it would last longer than a day
 */
export function checkBreakGlass({ person, reason, expires }: BreakGlass, clock: Clock): void {
  const left = Date.parse(expires) - clock.now()
  if (!shapes.person.test(person.trim()))
    throw invalid('it names no person', 'name whoever answers for it: --person "NAME"')
  if (!shapes.reason.test(reason) || reason.trim().length < leastReason)
    throw invalid('its reason is too short', `say in at least ${leastReason} characters why it cannot wait`)
  if (!(left > 0 && left <= longestMs))
    throw invalid('it ends in the past, or later than a day from now', 'ask for at most 24h: --for 4h')
}

function invalid(message: string, fix: string): ControlRefusal {
  return new ControlRefusal('BREAK_GLASS', `the break-glass is not taken: ${message}`, { fix })
}

const schema = `
  CREATE TABLE IF NOT EXISTS break_glass (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    expires TEXT NOT NULL,
    operator TEXT NOT NULL,
    at TEXT NOT NULL,
    after TEXT NOT NULL,
    candidate TEXT NOT NULL
  ) STRICT;
`

/** Every break-glass that was taken; nothing is ever taken away. */
export class BreakGlassRecords {
  readonly #database: DatabaseSync
  readonly #clock: Clock

  /** @param database one whose writes are on the disk when they return */
  constructor(database: DatabaseSync, clock: Clock) {
    database.exec(schema)
    this.#database = database
    this.#clock = clock
  }

  record({ person, reason, expires, operator, after, candidate }: Omit<BreakGlassRecord, 'at'>): void {
    const at = new Date(this.#clock.now()).toISOString()
    this.#database
      .prepare(
        'INSERT INTO break_glass (person, reason, expires, operator, at, after, candidate) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(person, reason, expires, operator, at, after, JSON.stringify(candidate))
  }

  /** True while somebody answers for an architecture that the gate refused. */
  covers(after: Digest): boolean {
    const rows = this.#database.prepare('SELECT * FROM break_glass WHERE after = ?').all(after)
    return rows.some((row) => !this.#isExpired(recordOf(row)))
  }

  /**
   * What has to be told now: what has not expired, and what has while its releases still run.
   * @param running releases of the live deployment
   */
  standing(running: ReadonlySet<Digest>): readonly (BreakGlassRecord & { readonly expired: boolean })[] {
    const rows = this.#database.prepare('SELECT * FROM break_glass ORDER BY number DESC LIMIT 1000').all()
    return rows
      .map(recordOf)
      .map((record) => ({ ...record, expired: this.#isExpired(record) }))
      .filter(
        ({ expired, candidate }) =>
          !expired || Object.values(candidate).some((release) => running.has(release)),
      )
  }

  /** Also where its end cannot be read. */
  #isExpired({ expires }: BreakGlass): boolean {
    return !(this.#clock.now() < Date.parse(expires))
  }
}

function recordOf(row: Record<string, SQLOutputValue>): BreakGlassRecord {
  const text = (name: string) => String(row[name])
  return {
    person: text('person'),
    reason: text('reason'),
    expires: text('expires'),
    operator: text('operator'),
    at: text('at'),
    after: text('after') as Digest,
    candidate: JSON.parse(text('candidate')) as Readonly<Record<string, Digest>>,
  }
}
