import { canonicalJson, isDigest, shortDigest, type Digest, type Json } from '@plimsoll/base'
import type { ReleaseReference, ServiceManifest } from '@plimsoll/contract'
import { refused } from '../errors.ts'

/** The files of a release. */
export type ReleaseFile = 'manifest' | 'contract' | 'openapi' | 'sbom' | 'bundle'

/** A content descriptor (OCI image specification 1.1). */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** An image manifest (OCI image specification 1.1), as far as Plimsoll uses it. */
export interface ImageManifest {
  readonly schemaVersion: 2
  readonly mediaType: typeof imageMediaType
  readonly artifactType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  readonly subject?: Descriptor
  readonly annotations?: Readonly<Record<string, string>>
}

export const imageMediaType = 'application/vnd.oci.image.manifest.v1+json'
export const releaseType = 'application/vnd.plimsoll.release.v1'
export const envelopeType = 'application/vnd.dsse.envelope.v1+json'
const emptyType = 'application/vnd.oci.empty.v1+json'
const nameAnnotation = 'org.opencontainers.image.title'
const versionAnnotation = 'org.opencontainers.image.version'

/** Each file's media type and name, in the order in which the image lists them; the manifest is its config. */
export const releaseFiles: readonly {
  readonly file: ReleaseFile
  readonly mediaType: string
  readonly title: string
}[] = [
  { file: 'manifest', mediaType: 'application/vnd.plimsoll.manifest.v1+json', title: 'manifest.json' },
  { file: 'bundle', mediaType: 'application/vnd.plimsoll.bundle.v1.mjs', title: 'service.mjs' },
  { file: 'contract', mediaType: 'application/vnd.plimsoll.contract.v1+json', title: 'contract.json' },
  { file: 'openapi', mediaType: 'application/vnd.oai.openapi+json', title: 'openapi.json' },
  { file: 'sbom', mediaType: 'application/vnd.cyclonedx+json', title: 'sbom.json' },
]

/** A blob as it lies in the store. */
export interface Blob {
  readonly digest: Digest
  readonly size: number
}

/** The image manifest of a release. */
export function releaseImage(
  manifest: ServiceManifest,
  blobs: Readonly<Record<ReleaseFile, Blob>>,
): ImageManifest {
  const [config, ...layers] = releaseFiles.map(({ file, mediaType, title }) => ({
    mediaType,
    digest: blobs[file].digest,
    size: blobs[file].size,
    annotations: { [nameAnnotation]: title },
  }))
  return {
    schemaVersion: 2,
    mediaType: imageMediaType,
    artifactType: releaseType,
    config: config as Descriptor,
    layers,
    annotations: { [nameAnnotation]: manifest.name, [versionAnnotation]: manifest.contract.version },
  }
}

/** The image manifest that ties an envelope to a release: a referrer (OCI distribution specification 1.1). */
export function referrerImage(subject: Blob, envelope: Blob, empty: Blob): ImageManifest {
  return {
    schemaVersion: 2,
    mediaType: imageMediaType,
    artifactType: envelopeType,
    config: { mediaType: emptyType, ...empty },
    layers: [{ mediaType: envelopeType, ...envelope }],
    subject: { mediaType: imageMediaType, ...subject },
  }
}

/** The bytes of an image manifest: canonical, so that the digest depends on the content alone. */
export function imageBytes(image: ImageManifest): Uint8Array {
  return Buffer.from(canonicalJson(image))
}

/**
 * @throws {Refusal} `RELEASE_MALFORMED` where the bytes are no image manifest of the wanted type with the wanted layers.
 */
export function parseImage(
  bytes: Uint8Array,
  wanted: { readonly artifactType: string; readonly layers: readonly string[] },
): ImageManifest {
  const image = parseObject(bytes)
  const layers = Array.isArray(image['layers']) ? image['layers'] : []
  const fits =
    image['schemaVersion'] === 2 &&
    image['mediaType'] === imageMediaType &&
    image['artifactType'] === wanted.artifactType &&
    layers.length === wanted.layers.length &&
    layers.every((layer, index) => isDescriptor(layer) && layer.mediaType === wanted.layers[index]) &&
    isDescriptor(image['config']) &&
    (image['subject'] === undefined || isDescriptor(image['subject']))
  if (!fits) throw malformed('its image manifest has another shape')
  return image as unknown as ImageManifest
}

/** Where each file of a release lies, by the image manifest's bytes. */
export function filesOf(bytes: Uint8Array): {
  readonly image: ImageManifest
  readonly files: ReadonlyMap<ReleaseFile, Descriptor>
} {
  const [config, ...layers] = releaseFiles
  const image = parseImage(bytes, {
    artifactType: releaseType,
    layers: layers.map(({ mediaType }) => mediaType),
  })
  if (image.config.mediaType !== config?.mediaType) throw malformed('its config is no service manifest')
  const descriptors = [image.config, ...image.layers]
  return {
    image,
    files: new Map(releaseFiles.map(({ file }, index) => [file, descriptors[index] as Descriptor])),
  }
}

/** The service manifest, where it agrees with what else the release says of itself. */
export function manifestOf(
  image: ImageManifest,
  manifest: Uint8Array,
  contract: Uint8Array,
): ServiceManifest {
  const said = parseObject(manifest) as unknown as ServiceManifest
  const agrees =
    said.format === 'plimsoll/manifest/1' &&
    said.name === said.contract?.name &&
    said.name === image.annotations?.[nameAnnotation] &&
    said.contract.version === image.annotations[versionAnnotation] &&
    canonicalJson(said.contract) === Buffer.from(contract).toString('utf8')
  if (!agrees) throw malformed('its manifest and its contract do not agree')
  return said
}

/** Name and version: the contract's version and the digest's first characters, so that each release has its own. */
export function referenceOf(image: ImageManifest, digest: Digest): ReleaseReference {
  const { [nameAnnotation]: name, [versionAnnotation]: version } = image.annotations ?? {}
  if (typeof name !== 'string' || typeof version !== 'string') throw malformed('it has no name or no version')
  return { name, version: `${version}+${shortDigest(digest)}`, digest }
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false
  const { mediaType, digest, size } = value as Record<string, unknown>
  const sized = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
  return typeof mediaType === 'string' && typeof digest === 'string' && isDigest(digest) && sized
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch {
    // Told below, as every other wrong shape.
  }
  throw malformed('a part that should be a JSON object is none')
}

function malformed(why: string): Error {
  return refused('RELEASE_MALFORMED', `this is no release of Plimsoll: ${why}`, 'build the service again')
}
