import { canonicalJson, isDigest, parseJson, type Digest } from '@plimsoll/base'
import { refused } from '../errors.ts'
import type { Descriptor } from '../store/image.ts'

/** The images that an index lists (OCI image specification 1.1). */
export interface ImageIndex {
  readonly manifests: readonly Descriptor[]
}

export const indexType = 'application/vnd.oci.image.index.v1+json'

const largestIndex = 4 * 1024 * 1024

/**
 * @throws {Refusal} `RELEASE_MALFORMED`
 */
export function readIndex(bytes: Uint8Array): ImageIndex {
  const { manifests } = objectIn(bytes)
  if (!Array.isArray(manifests) || !manifests.every(isListed)) throw noIndex()
  return {
    manifests: manifests.map(({ mediaType, digest, size, artifactType }: Listed) => ({
      mediaType,
      digest: digest as Digest,
      size,
      ...(artifactType !== undefined && { artifactType }),
    })),
  }
}

/** The bytes of an index with one more image. */
export function addToIndex(index: ImageIndex, descriptor: Descriptor): Uint8Array {
  const manifests = [...index.manifests, descriptor]
  return Buffer.from(canonicalJson({ schemaVersion: 2, mediaType: indexType, manifests }))
}

interface Listed {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly artifactType?: string
}

function isListed(value: unknown): value is Listed {
  const { mediaType, digest, size, artifactType } = (value ?? {}) as Readonly<Record<string, unknown>>
  return (
    typeof mediaType === 'string' &&
    typeof digest === 'string' &&
    isDigest(digest) &&
    typeof size === 'number' &&
    Number.isSafeInteger(size) &&
    size >= 0 &&
    (artifactType === undefined || typeof artifactType === 'string')
  )
}

function objectIn(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(bytes, { maxBytes: largestIndex })
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>
  } catch {
    // Told below.
  }
  throw noIndex()
}

function noIndex(): Error {
  return refused('RELEASE_MALFORMED', 'what the registry lists beside the release is no image index')
}
