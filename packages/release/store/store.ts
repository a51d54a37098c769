import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, digestOf, messageOf, type Digest } from '@plimsoll/base'
import type { ReleaseReference, ServiceManifest } from '@plimsoll/contract'
import { failed, refused } from '../errors.ts'
import { hexOf, openBlobs, writeDurably, type Blobs } from './blobs.ts'
import { entryOf, openEntries, type Entries } from './entries.ts'
import {
  envelopeType,
  filesOf,
  imageBytes,
  manifestOf,
  parseImage,
  referenceOf,
  referrerImage,
  releaseImage,
  releaseType,
  type Blob,
  type Descriptor,
  type ImageManifest,
  type ReleaseFile,
} from './image.ts'

/** A built service: immutable, named by its content. */
export interface Release extends ReleaseReference {
  readonly manifest: ServiceManifest
}

/** What goes into a release beside its manifest. */
export type ReleaseContent = Readonly<Record<Exclude<ReleaseFile, 'manifest'>, Uint8Array>>

/**
 * Releases in a folder, as an OCI image layout. Everything that is read is hashed again: what was altered is a Refusal
 * that names the blob.
 */
export interface ReleaseStore {
  /** Keeps a release; the same content is the same release. */
  add(manifest: ServiceManifest, content: ReleaseContent): Promise<Release>
  /**
   * A release, all of whose blobs are what the digest says.
   * @throws {Refusal} `NOT_A_DIGEST`, `RELEASE_UNKNOWN`, `BLOB_MISSING`, `BLOB_ALTERED`, `RELEASE_MALFORMED`
   */
  get(digest: Digest): Promise<Release>
  /** One file of a release, verified. */
  file(digest: Digest, file: ReleaseFile): Promise<Uint8Array>
  /** Path of a copy of the bundle to run, verified now, named so that Node takes it as a module. */
  bundlePath(digest: Digest): Promise<string>
  /** True where the copy that runs is what the release says, or there is none yet. */
  copyIsWhole(digest: Digest): Promise<boolean>
  /** Moves blobs of a release whose content is altered out of the way (`<hex>.altered`), so that it can be built again; gives their digests. */
  setAside(digest: Digest): Promise<readonly Digest[]>
  /** All releases, by name and digest. */
  list(): Promise<readonly ReleaseReference[]>
  /** Lays a DSSE envelope (signature, attestation) beside a release, as an OCI referrer; gives the referrer's digest. */
  attach(digest: Digest, envelope: unknown): Promise<Digest>
  /** The envelopes that lie beside a release. Their blobs are verified, their signatures are not. */
  signatures(digest: Digest): Promise<readonly unknown[]>
  /** The release and its referrers as they travel: image manifests with their blobs, all verified, the release first. */
  images(digest: Digest): Promise<readonly [StoredImage, ...StoredImage[]]>
}

/** An image manifest, byte for byte, with everything that it names. */
export interface StoredImage {
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly artifactType: string
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
}

const largestEnvelope = 12 * 1024 * 1024

/**
 * Opens a store, and makes it where there is none.
 * @throws {Failure} `STORE_WRITE` where the folder cannot be made, or holds another layout.
 */
export function openReleaseStore(folder: string): ReleaseStore {
  prepareLayout(folder)
  const parts: Parts = {
    folder,
    blobs: openBlobs(join(folder, 'blobs', 'sha256')),
    entries: openEntries(folder),
  }
  return {
    add: async (manifest, content) => await addRelease(parts, manifest, content),
    get: async (digest) => await getRelease(parts, digest),
    file: async (digest, file) => await getFile(parts, digest, file),
    bundlePath: async (digest) => await provideBundle(parts, digest),
    copyIsWhole: async (digest) => await isCopyWhole(parts, digest),
    setAside: async (digest) => await setAside(parts, digest),
    list: async () => await listReleases(parts),
    attach: async (digest, envelope) => await attachEnvelope(parts, digest, envelope),
    signatures: async (digest) => await listEnvelopes(parts, digest),
    images: async (digest) => await readImages(parts, digest),
  }
}

interface Parts {
  readonly folder: string
  readonly blobs: Blobs
  readonly entries: Entries
}

const layoutText = canonicalJson({ imageLayoutVersion: '1.0.0' })

function prepareLayout(folder: string): void {
  const file = join(folder, 'oci-layout')
  try {
    mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true, mode: 0o700 })
    writeFileSync(file, layoutText, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const there = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    if (there && isLayout(file)) return
    throw failed('STORE_WRITE', there ? 'the folder is no store of releases' : messageOf(cause), {
      cause,
      place: { file: folder },
      fix: 'choose another folder, or make it writable',
    })
  }
}

/** An empty file is one that another process is writing at this moment. */
function isLayout(file: string): boolean {
  const text = readFileSync(file, 'utf8')
  return text === layoutText || text === ''
}

async function addRelease(
  { blobs, entries }: Parts,
  manifest: ServiceManifest,
  content: ReleaseContent,
): Promise<Release> {
  const files = { ...content, manifest: Buffer.from(canonicalJson(manifest)) }
  const kept = await Promise.all(
    Object.entries(files).map(async ([file, bytes]) => [file, await blobs.put(bytes)] as const),
  )
  const image = releaseImage(manifest, Object.fromEntries(kept) as Record<ReleaseFile, Blob>)
  const blob = await blobs.put(imageBytes(image))
  await entries.add(entryOf(blob, { artifactType: releaseType, annotations: image.annotations ?? {} }))
  return { ...referenceOf(image, blob.digest), manifest }
}

async function getRelease(parts: Parts, digest: Digest): Promise<Release> {
  const { image, files } = await readImage(parts, digest)
  const read = await Promise.all(
    [...files].map(async ([file, blob]) => [file, await parts.blobs.get(blob.digest, blob.size)] as const),
  )
  const contents = Object.fromEntries(read) as Record<ReleaseFile, Uint8Array>
  const manifest = manifestOf(image, contents.manifest, contents.contract)
  return { ...referenceOf(image, digest), manifest }
}

async function getFile(parts: Parts, digest: Digest, file: ReleaseFile): Promise<Uint8Array> {
  const { files } = await readImage(parts, digest)
  const blob = files.get(file)
  if (blob === undefined) throw refused('RELEASE_MALFORMED', `a release has no file \`${file}\``)
  return await parts.blobs.get(blob.digest, blob.size)
}

async function provideBundle(parts: Parts, digest: Digest): Promise<string> {
  const bundle = await getFile(parts, digest, 'bundle')
  const path = copyPath(parts, digest)
  const copy = await readFile(path).catch(() => undefined)
  if (copy === undefined || digestOf(copy) !== digestOf(bundle)) await writeDurably(path, bundle)
  return path
}

function copyPath({ folder }: Parts, digest: Digest): string {
  return join(folder, 'run', hexOf(digest), 'service.mjs')
}

async function isCopyWhole(parts: Parts, digest: Digest): Promise<boolean> {
  const copy = await readFile(copyPath(parts, digest)).catch(() => undefined)
  if (copy === undefined) return true
  return digestOf(copy) === digestOf(await getFile(parts, digest, 'bundle'))
}

async function setAside({ blobs }: Parts, digest: Digest): Promise<readonly Digest[]> {
  if (await blobs.setAside(digest)) return [digest]
  const { files } = filesOf(await blobs.get(digest))
  const moved = await Promise.all(
    [...files.values()].map(async (blob) => ((await blobs.setAside(blob.digest)) ? [blob.digest] : [])),
  )
  return moved.flat()
}

async function listReleases(parts: Parts): Promise<readonly ReleaseReference[]> {
  const digests = await parts.entries.releases()
  const references = await Promise.all(
    digests.map(async (digest) => referenceOf((await readImage(parts, digest)).image, digest)),
  )
  return references.toSorted((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)))
}

async function readImage(
  { blobs }: Parts,
  digest: Digest,
): Promise<{ size: number; image: ImageManifest; files: ReadonlyMap<ReleaseFile, Descriptor> }> {
  if (!(await blobs.has(digest))) {
    throw refused(
      'RELEASE_UNKNOWN',
      `the store has no release ${digest}`,
      'build it, or bring it into the store',
    )
  }
  const bytes = await blobs.get(digest)
  return { size: bytes.length, ...filesOf(bytes) }
}

async function attachEnvelope(parts: Parts, digest: Digest, envelope: unknown): Promise<Digest> {
  const { blobs, entries } = parts
  const bytes = Buffer.from(canonicalJson(envelope))
  if (bytes.length > largestEnvelope) {
    throw refused('ENVELOPE_TOO_LARGE', 'an envelope beside a release has at most 12 MiB')
  }
  const { size } = await readImage(parts, digest)
  const [kept, empty] = await Promise.all([blobs.put(bytes), blobs.put(Buffer.from('{}'))])
  const referrer = await blobs.put(imageBytes(referrerImage({ digest, size }, kept, empty)))
  await entries.add(entryOf(referrer, { artifactType: envelopeType }), digest)
  return referrer.digest
}

async function listEnvelopes(parts: Parts, digest: Digest): Promise<readonly unknown[]> {
  await readImage(parts, digest)
  const referrers = await parts.entries.referrers(digest)
  return await Promise.all(referrers.map(async (referrer) => await readEnvelope(parts, digest, referrer)))
}

async function readEnvelope({ blobs }: Parts, release: Digest, referrer: Digest): Promise<unknown> {
  const image = parseImage(await blobs.get(referrer), { artifactType: envelopeType, layers: [envelopeType] })
  const [layer] = image.layers
  if (layer === undefined || image.subject?.digest !== release) {
    throw refused('RELEASE_MALFORMED', `the referrer ${referrer} is about another release`)
  }
  return JSON.parse(Buffer.from(await blobs.get(layer.digest, layer.size)).toString('utf8')) as unknown
}

async function readImages(parts: Parts, digest: Digest): Promise<readonly [StoredImage, ...StoredImage[]]> {
  const { image } = await readImage(parts, digest)
  const release = await storedImage(parts, digest, image)
  const referrers = await parts.entries.referrers(digest)
  const others = await Promise.all(
    referrers.map(async (referrer) => {
      const bytes = await parts.blobs.get(referrer)
      const about = parseImage(bytes, { artifactType: envelopeType, layers: [envelopeType] })
      return await storedImage(parts, referrer, about)
    }),
  )
  return [release, ...others]
}

async function storedImage({ blobs }: Parts, digest: Digest, image: ImageManifest): Promise<StoredImage> {
  const named = await Promise.all(
    [image.config, ...image.layers].map(
      async ({ digest: blob, size }) => [blob, await blobs.get(blob, size)] as const,
    ),
  )
  return {
    digest,
    bytes: await blobs.get(digest),
    artifactType: image.artifactType,
    blobs: new Map(named),
  }
}
