import { systemClock } from '@plimsoll/base'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AuditLog } from '../../audit/audit-log.ts'

/** The audit log in a state folder, for what is done to the folder itself, beside a control plane or without one. */
export function openAudit(state: string): { readonly log: AuditLog; close(): void } {
  const database = new DatabaseSync(join(state, 'control.sqlite'), { timeout: 10_000 })
  database.exec('PRAGMA synchronous = FULL')
  return { log: new AuditLog(database, systemClock), close: () => database.close() }
}

/** Who does something to files is known by the user alone. */
export function thisPerson(): string {
  return `user ${userInfo().username}`
}
