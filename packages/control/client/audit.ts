import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readAudit } from '../audit/audit-log.ts'
import { verifyChain, type AuditReport } from '../audit/chain.ts'
import { ClientFailure } from './errors.ts'
import type { Project } from './project.ts'

export type { AuditReport }

/**
 * Verifies the audit log of a project from its file alone, whether its control plane runs or not.
 * @param anchor a hash that was noted earlier
 * @throws {ClientFailure} `STATE` where there is no log, or it cannot be read
 */
export function verifyAuditFile({ state, root }: Project, anchor?: string): AuditReport {
  const file = join(state, 'control.sqlite')
  if (!existsSync(file))
    throw new ClientFailure('NOT_RUNNING', 'there is no audit log here: nothing was ever deployed', {
      place: { file: root },
      fix: 'start it: plimsoll up',
    })
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  try {
    const { lines, highest } = readAudit(database)
    return verifyChain(lines, { highest, anchor })
  } finally {
    database.close()
  }
}
