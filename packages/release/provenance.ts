import { createRequire } from 'node:module'
import { PlimsollError, type Digest } from '@plimsoll/base'
import {
  signStatement,
  verifyStatement,
  type Envelope,
  type SigningKey,
  type Subject,
} from '@plimsoll/identity'
import type { Bill } from './bill.ts'
import { refused } from './errors.ts'
import type { Release, ReleaseStore } from './store/store.ts'

/** SLSA provenance 1.0: from what and by what a release was built. */
export const provenanceType = 'https://slsa.dev/provenance/v1'

const buildType = 'urn:x-plimsoll:service-build:v1'
const builderId = 'urn:x-plimsoll:local-builder:v1'
const { version: builderVersion } = createRequire(import.meta.url)('./package.json') as { version: string }

/**
 * Signs what is known of a release's origin and lays the envelope beside it.
 * @throws {Refusal} what `store.get` refuses: nothing altered is ever signed.
 */
export async function signRelease(store: ReleaseStore, digest: Digest, key: SigningKey): Promise<Envelope> {
  const release = await store.get(digest)
  const bill = JSON.parse(Buffer.from(await store.file(digest, 'sbom')).toString('utf8')) as Bill
  const envelope = signStatement(
    {
      subjects: [subjectOf(release)],
      predicateType: provenanceType,
      predicate: provenanceOf(release, bill),
    },
    key,
  )
  await store.attach(digest, envelope)
  return envelope
}

/**
 * The release, where all its blobs are unaltered and one of the trusted keys signed its provenance.
 * @param trusted Public keys, PEM.
 * @throws {Refusal} `RELEASE_UNSIGNED`, and what `store.get` refuses.
 */
export async function verifyRelease(
  store: ReleaseStore,
  digest: Digest,
  trusted: readonly string[],
): Promise<Release> {
  const release = await store.get(digest)
  const envelopes = await store.signatures(digest)
  if (envelopes.some((envelope) => isProvenanceOf(release, envelope, trusted))) return release
  throw refused(
    'RELEASE_UNSIGNED',
    `no trusted key signed the release ${release.name}@${release.version}`,
    'sign it with a key that this installation trusts',
  )
}

/** True where one of the trusted keys signed this release's provenance in this envelope. */
export function isProvenanceOf(
  release: Pick<Release, 'name' | 'digest'>,
  envelope: unknown,
  trusted: readonly string[],
): boolean {
  try {
    const subject = subjectOf(release)
    const { predicateType, subjects } = verifyStatement(envelope, trusted)
    const isSubject = subjects.some(({ name, sha256 }) => name === subject.name && sha256 === subject.sha256)
    return predicateType === provenanceType && isSubject
  } catch (thrown) {
    // Other envelopes lie beside a release too: attestations, signatures of keys that are not trusted here.
    if (thrown instanceof PlimsollError) return false
    throw thrown
  }
}

function subjectOf({ name, digest }: Pick<Release, 'name' | 'digest'>): Subject {
  return { name, sha256: digest.slice('sha256:'.length) }
}

function provenanceOf(release: Release, bill: Bill): object {
  return {
    buildDefinition: {
      buildType,
      externalParameters: { service: release.name, entry: release.manifest.evidence['service']?.file },
      resolvedDependencies: bill.components.map(({ purl, hashes }) => ({
        uri: purl,
        ...(hashes?.[0] && { digest: { sha512: hashes[0].content } }),
      })),
    },
    runDetails: { builder: { id: builderId, version: { plimsoll: builderVersion, node: process.version } } },
  }
}
