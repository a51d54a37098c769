import type { Digest } from '@plimsoll/base'
import { openSigningKey } from '@plimsoll/identity'
import {
  connectRepository,
  parseReference,
  pullRelease,
  pushRelease,
  type Pushed,
  type Release,
} from '@plimsoll/release'
import { join } from 'node:path'
import { othersTrusted } from '../trust.ts'
import { wrongUse } from './errors.ts'
import type { Project } from './project.ts'

/** Public keys whose releases this installation lets in: its own, and those that were laid into `keys/trusted`. */
export function trustedReleaseKeys({ state }: Project): readonly string[] {
  const keys = join(state, 'keys')
  return [openSigningKey(join(keys, 'release.key')).publicKey, ...othersTrusted(keys)]
}

/**
 * Brings a release of the project, with its signatures, to a registry.
 * @param place `HOST/REPOSITORY` or `HOST/REPOSITORY:TAG`
 */
export async function push(project: Project, release: Digest, place: string): Promise<Pushed> {
  const reference = parseReference(place)
  if (reference.digest !== undefined)
    throw wrongUse(
      'a digest is what a push gives',
      'name a tag, or nothing: plimsoll push SERVICE HOST/REPOSITORY',
    )
  return await pushRelease(project.store, release, {
    repository: connectRepository(reference),
    tag: reference.tag,
  })
}

/**
 * Brings a release from a registry into the project's store, where a trusted key signed it.
 * @param place `HOST/REPOSITORY:TAG` or `HOST/REPOSITORY@DIGEST`
 */
export async function pull(project: Project, place: string): Promise<Release> {
  const parsed = parseReference(place)
  const reference = parsed.digest ?? parsed.tag
  if (reference === undefined)
    throw wrongUse(
      'which release of the repository is not said',
      'add :TAG or @sha256:…, as plimsoll push told it',
    )
  return await pullRelease(project.store, {
    repository: connectRepository(parsed),
    reference,
    trusted: trustedReleaseKeys(project),
  })
}
