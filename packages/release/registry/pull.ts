import { digestOf, parseJson, type Digest, type Json } from '@plimsoll/base'
import { refused } from '../errors.ts'
import { isProvenanceOf } from '../provenance.ts'
import {
  envelopeType,
  filesOf,
  imageBytes,
  manifestOf,
  parseImage,
  referenceOf,
  releaseImage,
  type Descriptor,
  type ReleaseFile,
} from '../store/image.ts'
import type { Release, ReleaseStore } from '../store/store.ts'
import type { Repository } from './repository.ts'

const largest: Readonly<Record<ReleaseFile, number>> = {
  bundle: 64 * 1024 * 1024,
  manifest: 8 * 1024 * 1024,
  contract: 8 * 1024 * 1024,
  openapi: 16 * 1024 * 1024,
  sbom: 16 * 1024 * 1024,
}
/** All envelopes beside one release, together. */
const mostEnvelopeBytes = 48 * 1024 * 1024

export interface PullOptions {
  readonly repository: Repository
  /** A tag or a digest. */
  readonly reference: string
  /** Public keys whose releases are let in, PEM. */
  readonly trusted: readonly string[]
}

/**
 * Brings a release from a repository into the store, with the trusted signatures beside it. Everything is verified, and a trusted
 * key's signature found, before anything is kept.
 * @throws {Refusal} `RELEASE_UNSIGNED`, `RELEASE_MALFORMED`, `REGISTRY_ALTERED`, `REGISTRY_TOO_LARGE`, `REGISTRY_UNKNOWN`
 */
export async function pullRelease(store: ReleaseStore, options: PullOptions): Promise<Release> {
  const { repository, reference, trusted } = options
  const { digest, bytes } = await repository.manifest(reference)
  const { image, files } = filesOf(bytes)
  const contents = await readFiles(repository, files)
  const manifest = manifestOf(image, contents.manifest, contents.contract)
  const release = { ...referenceOf(image, digest), manifest }
  checkCanonical(bytes, release, contents)
  // What nobody vouches for whom this place trusts stays where it is: anybody may have laid it there.
  const signatures = (await readEnvelopes(repository, digest)).filter((envelope) =>
    isProvenanceOf(release, envelope, trusted),
  )
  if (signatures.length === 0) {
    throw refused(
      'RELEASE_UNSIGNED',
      // Its name is not told: nobody answers for what it holds.
      `no trusted key signed the release ${digest}`,
      'put the public key of whoever signs it into .plimsoll/keys/trusted, as NAME.pub',
    )
  }
  const kept = await store.add(manifest, contents)
  for (const envelope of signatures) await store.attach(kept.digest, envelope)
  return kept
}

async function readFiles(
  repository: Repository,
  files: ReadonlyMap<ReleaseFile, Descriptor>,
): Promise<Record<ReleaseFile, Uint8Array>> {
  for (const [file, { size }] of files) {
    if (size > largest[file])
      throw refused('REGISTRY_TOO_LARGE', `the ${file} of the release has more than ${largest[file]} bytes`)
  }
  const read: [ReleaseFile, Uint8Array][] = []
  for (const [file, descriptor] of files) read.push([file, await repository.blob(descriptor)])
  return Object.fromEntries(read) as Record<ReleaseFile, Uint8Array>
}

/** The store would write exactly these bytes: nothing that no build of Plimsoll makes comes in beside a release. */
function checkCanonical(
  bytes: Uint8Array,
  { manifest }: Release,
  contents: Readonly<Record<ReleaseFile, Uint8Array>>,
): void {
  const blobs = Object.fromEntries(
    Object.entries(contents).map(([file, content]) => [
      file,
      { digest: digestOf(content), size: content.length },
    ]),
  ) as Record<ReleaseFile, { digest: Digest; size: number }>
  if (Buffer.compare(imageBytes(releaseImage(manifest, blobs)), bytes) === 0) return
  throw refused('RELEASE_MALFORMED', 'this is no release of Plimsoll: it carries what no build writes')
}

async function readEnvelopes(repository: Repository, subject: Digest): Promise<readonly Json[]> {
  const envelopes: Json[] = []
  let size = 0
  for (const { digest } of await repository.referrers(subject, envelopeType)) {
    const image = parseImage((await repository.manifest(digest)).bytes, {
      artifactType: envelopeType,
      layers: [envelopeType],
    })
    const [layer] = image.layers
    if (layer === undefined || image.subject?.digest !== subject) continue
    size += layer.size
    if (size > mostEnvelopeBytes)
      throw refused(
        'REGISTRY_TOO_LARGE',
        `the signatures beside the release have more than ${mostEnvelopeBytes} bytes`,
      )
    envelopes.push(parseJson(await repository.blob(layer), { maxBytes: mostEnvelopeBytes, maxDepth: 64 }))
  }
  return envelopes
}
