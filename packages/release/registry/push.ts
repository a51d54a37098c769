import type { Digest } from '@plimsoll/base'
import type { ReleaseStore, StoredImage } from '../store/store.ts'
import { tagOf } from './reference.ts'
import type { Repository } from './repository.ts'

/** Where a release lies now. */
export interface Pushed {
  readonly digest: Digest
  readonly tag: string
  /** Signatures that lie beside it. */
  readonly referrers: number
}

/**
 * Brings a release and what lies beside it to a repository. The tag is set last: whoever finds it finds everything.
 * @param tag Default: the release's version.
 * @throws {Refusal} what `store.get` refuses, and what the registry does
 */
export async function pushRelease(
  store: ReleaseStore,
  digest: Digest,
  { repository, tag }: { readonly repository: Repository; readonly tag?: string | undefined },
): Promise<Pushed> {
  const { version } = await store.get(digest)
  const [release, ...referrers] = await store.images(digest)
  await putBlobs(repository, release)
  await repository.putManifest(digest, release)
  for (const referrer of referrers) {
    await putBlobs(repository, referrer)
    await repository.putManifest(referrer.digest, { ...referrer, subject: digest })
  }
  const name = tag ?? tagOf(version)
  await repository.putManifest(name, release)
  return { digest, tag: name, referrers: referrers.length }
}

async function putBlobs(repository: Repository, { blobs }: StoredImage): Promise<void> {
  for (const [digest, bytes] of blobs) await repository.putBlob(digest, bytes)
}
