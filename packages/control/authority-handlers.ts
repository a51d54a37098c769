import type { Json } from '@plimsoll/base'
import type { Contract } from '@plimsoll/contract'
import type { Handlers } from '@plimsoll/service'
import { plain, refusalOf } from './answers.ts'
import { audited } from './audit/audited.ts'
import type { controlContract } from './contract.ts'
import type { AuthorityReport, Rotations } from './rotation.ts'
import type { State } from './state.ts'

type Declaration = typeof controlContract extends Contract<infer C> ? C : never
type AuthorityHandlers = Pick<
  Handlers<Declaration, Readonly<Record<never, never>>>,
  'authority' | 'rotateAuthority' | 'revoke' | 'revokeConsumer'
>

/** Whom to believe: looking at it, and changing it. */
export function createAuthorityHandlers({
  rotations,
  state,
}: {
  readonly rotations: Rotations
  readonly state: State
}): AuthorityHandlers {
  return {
    authority: () => authorityOf(rotations.report()),
    async rotateAuthority({ step, id, force }, { fail, caller }) {
      try {
        const about = { who: caller.id, act: 'rotate authority', facts: { step, id: id ?? null, force } }
        return plain(await audited(state.audit, about, () => rotations.rotate(step, { id, force })))
      } catch (thrown) {
        return fail('NOT_ROTATED', refusalOf(thrown))
      }
    },
    async revoke(what, { fail, caller }) {
      try {
        const about = { who: caller.id, act: 'revoke', facts: plain(what) as Json }
        await audited(state.audit, about, () => rotations.revoke(what))
        return { epoch: rotations.report().epoch }
      } catch (thrown) {
        return fail('NOT_REVOKED', refusalOf(thrown))
      }
    },
    async revokeConsumer({ consumer }, { fail, caller }) {
      try {
        const about = { who: caller.id, act: 'revoke consumer', facts: { consumer } }
        return { revoked: await audited(state.audit, about, () => rotations.revokeConsumer(consumer)) }
      } catch (thrown) {
        return fail('UNKNOWN_CONSUMER', refusalOf(thrown))
      }
    },
  }
}

function authorityOf({ epoch, authorities, revoked, waiting }: AuthorityReport) {
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString()
  return plain({
    epoch,
    revoked,
    waiting,
    authorities: authorities.map(({ since, rootEnds, issuingEnds, ...rest }) => ({
      ...rest,
      since: iso(since),
      rootEnds: iso(rootEnds),
      issuingEnds: iso(issuingEnds),
    })),
  })
}
