import { isPublicKey, openSigningKey } from '@plimsoll/identity'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ControlRefusal } from './errors.ts'
import type { State } from './state.ts'

/** Whose signatures count: public keys, PEM; and for which installation verdicts have to be. */
export interface Trust {
  readonly releases: readonly string[]
  readonly verdicts: readonly string[]
  /** Names this installation alone, for as long as its state lives. */
  readonly environment: string
}

/**
 * The keys of this installation. The first that was seen is pinned in the state: a key that somebody exchanges later is not
 * believed.
 * @throws {ControlRefusal} `TRUST_CHANGED`
 */
export function openTrust(keys: string, state: State): Trust {
  const release = pinned('release', keys, state)
  const verdicts = [pinned('gate', keys, state)]
  return {
    /**
     * As the folder is at this moment: a key that is taken out of it counts no more. A file that is no key trusts nobody, and does not
     * keep from running what others signed.
     */
    get releases() {
      const others = trustedFiles(keys).slice(0, mostKeys)
      return [release, ...others.flatMap(({ key }) => key ?? [])]
    },
    verdicts,
    environment: state.pinnedKey('installation', randomUUID()),
  }
}

const mostKeys = 100
const largestKey = 4_096

/**
 * Public keys of other installations whose releases count here too: `trusted/*.pub` beside the installation's own keys. Only their
 * releases: verdicts are always those of this installation.
 * @throws {ControlRefusal} `TRUST_CHANGED` where a file there is no Ed25519 public key, or there are more than 100
 */
export function othersTrusted(keys: string): readonly string[] {
  const files = trustedFiles(keys)
  if (files.length > mostKeys)
    throw untrusted(join(keys, 'trusted'), `more than ${mostKeys} keys are trusted`)
  return files.map(({ file, key }) => {
    if (key === undefined) throw untrusted(file, 'this is no public key (Ed25519, PEM)')
    return key
  })
}

function trustedFiles(keys: string): readonly { readonly file: string; readonly key: string | undefined }[] {
  const folder = join(keys, 'trusted')
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.pub'))
  return names.toSorted().map((name) => {
    const file = join(folder, name)
    return { file, key: publicKeyIn(file) }
  })
}

function publicKeyIn(file: string): string | undefined {
  try {
    const facts = statSync(file)
    const text = facts.isFile() && facts.size <= largestKey ? readFileSync(file, 'utf8') : ''
    return isPublicKey(text) ? text : undefined
  } catch {
    return undefined
  }
}

function untrusted(file: string, message: string): ControlRefusal {
  const fix = 'put the release.pub of the other installation there, or take the file away'
  return new ControlRefusal('TRUST_CHANGED', message, { place: { file }, fix })
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
