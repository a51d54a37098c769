import type { CanaryPlan } from '@plimsoll/architecture'
import type { DatabaseSync } from 'node:sqlite'
import type { Compared, Evidence } from './evidence.ts'

/** A canary as it is written down: enough to go on with it after a fall, or to go back. */
export interface CanaryRecord {
  /** Of the candidate; while that is `rolling`, the canary is open. */
  readonly generation: number
  readonly plan: CanaryPlan
  readonly compared: readonly Compared[]
  /** Index in the plan. */
  readonly step: number
  /** When the step began, RFC 3339. */
  readonly since: string
  readonly evidence: Evidence
}

export const canarySchema = `
  CREATE TABLE IF NOT EXISTS canary (
    generation INTEGER PRIMARY KEY REFERENCES generation (number),
    plan TEXT NOT NULL,
    compared TEXT NOT NULL,
    step INTEGER NOT NULL,
    since TEXT NOT NULL,
    evidence TEXT NOT NULL
  ) STRICT;
`

/** Every canary that there was. Every write is on the disk when the call returns. */
export class CanaryLog {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Writes down where a canary is: its first step, another one, or what was seen since. */
  write({ generation, plan, compared, step, since, evidence }: CanaryRecord): void {
    this.#database
      .prepare(
        'INSERT INTO canary VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (generation) DO UPDATE SET step = excluded.step, since = excluded.since, evidence = excluded.evidence',
      )
      .run(generation, JSON.stringify(plan), JSON.stringify(compared), step, since, JSON.stringify(evidence))
  }

  /** The one whose candidate is neither live nor taken back. */
  open(): CanaryRecord | undefined {
    const row = this.#database
      .prepare(
        "SELECT canary.* FROM canary JOIN generation ON number = generation WHERE status = 'rolling' ORDER BY number DESC LIMIT 1",
      )
      .get()
    if (row === undefined) return undefined
    return {
      generation: Number(row['generation']),
      plan: JSON.parse(String(row['plan'])) as CanaryPlan,
      compared: JSON.parse(String(row['compared'])) as readonly Compared[],
      step: Number(row['step']),
      since: String(row['since']),
      evidence: JSON.parse(String(row['evidence'])) as Evidence,
    }
  }
}
