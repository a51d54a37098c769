import { messageOf, PlimsollError, Refusal, type Json } from '@plimsoll/base'
import type { AuditLog } from './audit-log.ts'

/**
 * Does a privileged act and writes it down: before anything is touched, and with what came of it. An act that cannot be written
 * down is not done.
 * @param result facts of what came of it
 */
export async function audited<T>(
  log: AuditLog,
  { who, act, facts }: { readonly who: string; readonly act: string; readonly facts: Json },
  work: () => T | Promise<T>,
  result: (outcome: T) => Json = () => null,
): Promise<T> {
  const { number } = log.append({ who, act, outcome: 'begun', facts })
  try {
    const outcome = await work()
    log.append({ who, act, outcome: 'done', facts: { begun: number, result: result(outcome) } })
    return outcome
  } catch (thrown) {
    const refused = thrown instanceof Refusal
    const code = thrown instanceof PlimsollError ? thrown.code : 'INTERNAL'
    const reason = thrown instanceof PlimsollError ? messageOf(thrown).slice(0, 500) : 'an internal error'
    log.append({ who, act, outcome: refused ? 'refused' : 'failed', facts: { begun: number, code, reason } })
    throw thrown
  }
}
