import type { AuthorityStatus, KnownAuthority } from './authority-state.ts'
import { IdentityRefusal } from './errors.ts'

/** Names an authority: the beginning of the SHA-256 of its root's certificate, hexadecimal. */
export type AuthorityId = string

/**
 * Steps of a rotation, each safe when everybody has followed the one before: trust the next root; issue for it; replace what the former
 * one issued; trust the former one no more.
 */
export type Rotation = 'prepare' | 'activate' | 'taint' | 'revoke'

interface Step {
  readonly authorities: readonly KnownAuthority[]
  /** The authority that it was about. */
  readonly id: AuthorityId
}

type Steps = Record<
  Exclude<Rotation, 'prepare'>,
  (
    authorities: readonly KnownAuthority[],
    options: { readonly id: AuthorityId | undefined; readonly now: number },
  ) => Step
>

/** What each step makes of the authorities. */
export const rotations: Steps = {
  activate(authorities, { id, now }) {
    const chosen = choose(authorities, id, {
      from: ['prepared', 'former'],
      hint: 'plimsoll authority prepare',
    })
    return {
      id: chosen.root.id,
      authorities: authorities.map((known) => {
        if (known === chosen) return { ...known, status: 'active', since: now }
        return known.status === 'active' ? { ...known, status: 'former', since: now } : known
      }),
    }
  },
  taint(authorities, { id, now }) {
    const chosen = choose(authorities, id, { from: ['former'], hint: 'plimsoll authority activate' })
    return {
      id: chosen.root.id,
      authorities: authorities.map((known) =>
        known === chosen ? { ...known, status: 'tainted', since: now } : known,
      ),
    }
  },
  revoke(authorities, { id }) {
    // Without an id the one that is due; a prepared one only by name, because nobody may mean it.
    const from: readonly AuthorityStatus[] = id === undefined ? ['tainted'] : ['tainted', 'prepared']
    const chosen = choose(authorities, id, { from, hint: 'plimsoll authority taint' })
    return { id: chosen.root.id, authorities: authorities.filter((known) => known !== chosen) }
  },
}

/** The authority with this id, or the newest that the step can be about. */
function choose(
  authorities: readonly KnownAuthority[],
  id: AuthorityId | undefined,
  { from, hint }: { readonly from: readonly AuthorityStatus[]; readonly hint: string },
): KnownAuthority {
  const named = authorities.filter(({ root }) => id === undefined || root.id === id)
  const [first] = from
  const chosen =
    id === undefined
      ? named.findLast(({ status }) => status === first)
      : named.find(({ status }) => from.includes(status))
  if (chosen !== undefined) return chosen
  const [present] = named
  const what =
    id === undefined
      ? `no authority is ${from.join(' or ')}`
      : present === undefined
        ? `there is no authority ${id.slice(0, 16)}`
        : `the authority ${present.root.id} is ${present.status}`
  throw new IdentityRefusal('ROTATION', `${what}; this step needs one that is ${from.join(' or ')}`, {
    fix: `${hint}; plimsoll authority status shows all of them`,
  })
}
