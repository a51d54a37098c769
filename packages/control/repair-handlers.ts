import { PlimsollError } from '@plimsoll/base'
import type { Contract } from '@plimsoll/contract'
import type { Handlers } from '@plimsoll/service'
import { plain, refusalOf } from './answers.ts'
import { audited } from './audit/audited.ts'
import type { Changes } from './changes.ts'
import type { controlContract } from './contract.ts'
import type { State } from './state.ts'

type Declaration = typeof controlContract extends Contract<infer C> ? C : never
type RepairHandlers = Pick<Handlers<Declaration, Readonly<Record<never, never>>>, 'drift' | 'repair'>

/** What finds and repairs drift. */
export function createRepairHandlers({
  changes,
  state,
}: {
  readonly changes: Changes
  readonly state: State
}): RepairHandlers {
  return {
    drift: async () => plain({ drift: await changes.drift() }),
    async repair({ drift }, { fail, caller }) {
      try {
        const about = { who: caller.id, act: 'repair', facts: { drift: plain(drift) } }
        return plain(await audited(state.audit, about, () => changes.repair(drift), plain))
      } catch (thrown) {
        if (!(thrown instanceof PlimsollError)) throw thrown
        return fail('NOT_STARTED', refusalOf(thrown))
      }
    },
  }
}
