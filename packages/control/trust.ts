import { openSigningKey } from '@plimsoll/identity'
import { join } from 'node:path'
import { ControlRefusal } from './errors.ts'
import type { State } from './state.ts'

/** Whose signatures count: public keys, PEM. */
export interface Trust {
  readonly releases: readonly string[]
  readonly verdicts: readonly string[]
}

/**
 * The keys of this installation. The first that was seen is pinned in the state: a key that somebody exchanges later is not
 * believed.
 * @throws {ControlRefusal} `TRUST_CHANGED`
 */
export function openTrust(keys: string, state: State): Trust {
  return { releases: [pinned('release', keys, state)], verdicts: [pinned('gate', keys, state)] }
}

function pinned(purpose: string, keys: string, state: State): string {
  const path = join(keys, `${purpose}.key`)
  const { publicKey } = openSigningKey(path)
  if (state.pinnedKey(purpose, publicKey) === publicKey) return publicKey
  throw new ControlRefusal('TRUST_CHANGED', `the ${purpose} key is not the one that was trusted first`, {
    place: { file: path },
    fix: 'put the former key back; or begin with a new state folder',
  })
}
