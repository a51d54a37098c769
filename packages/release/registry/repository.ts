import { digestOf, isDigest, parseJson, type Digest } from '@plimsoll/base'
import { failed, refused } from '../errors.ts'
import { envelopeType, imageMediaType, type Descriptor } from '../store/image.ts'
import { addToIndex, indexType, readIndex, type ImageIndex } from './image-index.ts'
import type { RegistryReference } from './reference.ts'
import type { RegistryAnswer, Transport } from './transport.ts'

/** A repository of a registry (OCI distribution specification 1.1). Whatever comes out has the digest that was asked for. */
export interface Repository {
  /** The image manifest of a tag or digest, with its own digest. */
  manifest(reference: string): Promise<{ readonly digest: Digest; readonly bytes: Uint8Array }>
  blob(descriptor: Pick<Descriptor, 'digest' | 'size'>): Promise<Uint8Array>
  /** What lies beside an image, of one type: by the referrers API, or by the tag that stands for it where there is none. */
  referrers(subject: Digest, artifactType: string): Promise<readonly Descriptor[]>
  /** Keeps a blob; what is there already is not sent. */
  putBlob(digest: Digest, bytes: Uint8Array): Promise<void>
  /** Keeps an image under a tag or its digest; all its blobs are there. */
  putManifest(reference: string, image: PushedImage): Promise<void>
}

interface PushedImage {
  readonly digest: Digest
  readonly bytes: Uint8Array
  /** What it lies beside. */
  readonly subject?: Digest | undefined
}

const largestManifest = 4 * 1024 * 1024
const largestError = 64 * 1024
const mostPages = 10
const mostReferrers = 256
const mostTries = 5

export function openRepository(
  transport: Transport,
  { registry, repository }: Pick<RegistryReference, 'registry' | 'repository'>,
): Repository {
  const parts: Parts = { transport, registry, path: `/v2/${repository}` }
  return {
    manifest: async (reference) => await readManifest(parts, reference),
    blob: async (descriptor) => await readBlob(parts, descriptor),
    referrers: async (subject, artifactType) => await listReferrers(parts, subject, artifactType),
    putBlob: async (digest, bytes) => await writeBlob(parts, digest, bytes),
    putManifest: async (reference, image) => await writeManifest(parts, reference, image),
  }
}

interface Parts {
  readonly transport: Transport
  readonly registry: string
  readonly path: string
}

async function readManifest(
  { transport, registry, path }: Parts,
  reference: string,
): Promise<{ digest: Digest; bytes: Uint8Array }> {
  const answer = await transport.request({
    method: 'GET',
    url: `${path}/manifests/${reference}`,
    headers: { accept: imageMediaType },
    mostBytes: largestManifest,
  })
  checkStatus(answer, [200], registry)
  const digest = digestOf(answer.body)
  if (isDigest(reference) && digest !== reference) throw altered(registry, reference)
  return { digest, bytes: answer.body }
}

async function readBlob(
  { transport, registry, path }: Parts,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
): Promise<Uint8Array> {
  const answer = await transport.request({ method: 'GET', url: `${path}/blobs/${digest}`, mostBytes: size })
  checkStatus(answer, [200], registry)
  if (answer.body.length !== size || digestOf(answer.body) !== digest) throw altered(registry, digest)
  return answer.body
}

async function listReferrers(
  parts: Parts,
  subject: Digest,
  artifactType: string,
): Promise<readonly Descriptor[]> {
  const index = (await askReferrers(parts, subject, artifactType)) ?? (await readTagIndex(parts, subject))
  // A registry may leave the filter to its clients.
  const wanted = index.manifests.filter((descriptor) => descriptor.artifactType === artifactType)
  if (wanted.length > mostReferrers)
    throw refused('REGISTRY_TOO_LARGE', `more than ${mostReferrers} signatures lie beside the release`)
  return wanted
}

/** By the referrers API; undefined where the registry does not have it. */
async function askReferrers(
  { transport, registry, path }: Parts,
  subject: Digest,
  artifactType: string,
): Promise<ImageIndex | undefined> {
  const found: Descriptor[] = []
  let url: string | undefined =
    `${path}/referrers/${subject}?artifactType=${encodeURIComponent(artifactType)}`
  for (let page = 0; url !== undefined; page += 1) {
    if (page === mostPages)
      throw refused('REGISTRY_TOO_LARGE', 'the list of signatures beside the release does not end')
    const answer: RegistryAnswer = await transport.request({
      method: 'GET',
      url,
      headers: { accept: indexType },
      mostBytes: largestManifest,
    })
    if (page === 0 && answer.status === 404) return undefined
    checkStatus(answer, [200], registry)
    found.push(...readIndex(answer.body).manifests)
    url = nextPage(answer)
  }
  return { manifests: found }
}

/** Target of `Link: <…>; rel="next"` (RFC 8288). */
function nextPage({ headers, url }: RegistryAnswer): string | undefined {
  const [, target] = /<([^<>]{1,2048})>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '') ?? []
  return target === undefined ? undefined : new URL(target, url).href
}

/** The index under the tag that stands for the referrers of an image, where a registry knows no referrers. */
async function readTagIndex({ transport, registry, path }: Parts, subject: Digest): Promise<ImageIndex> {
  const answer = await transport.request({
    method: 'GET',
    url: `${path}/manifests/${referrersTag(subject)}`,
    headers: { accept: indexType },
    mostBytes: largestManifest,
  })
  if (answer.status === 404) return { manifests: [] }
  checkStatus(answer, [200], registry)
  return readIndex(answer.body)
}

function referrersTag(subject: Digest): string {
  return subject.replace(':', '-')
}

async function writeBlob(
  { transport, registry, path }: Parts,
  digest: Digest,
  bytes: Uint8Array,
): Promise<void> {
  const there = await transport.request({ method: 'HEAD', url: `${path}/blobs/${digest}`, mostBytes: 0 })
  if (there.status === 200) return
  checkStatus(there, [404], registry)
  const begun = await transport.request({
    method: 'POST',
    url: `${path}/blobs/uploads/`,
    headers: { 'content-length': '0' },
    mostBytes: largestError,
  })
  checkStatus(begun, [202], registry)
  const location = begun.headers.get('location')
  if (location === null) throw unexpected(registry, begun)
  const url = new URL(location, begun.url)
  url.searchParams.set('digest', digest)
  const written = await transport.request({
    method: 'PUT',
    url: url.href,
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    mostBytes: largestError,
  })
  checkStatus(written, [201], registry)
}

async function writeManifest(parts: Parts, reference: string, image: PushedImage): Promise<void> {
  const { digest, bytes, subject } = image
  const answer = await putImage(parts, reference, { bytes, mediaType: imageMediaType })
  const kept = answer.headers.get('docker-content-digest')
  if (kept !== null && kept !== digest) throw altered(parts.registry, digest)
  if (subject === undefined || answer.headers.get('oci-subject') === subject) return
  const descriptor = { mediaType: imageMediaType, digest, size: bytes.length, artifactType: envelopeType }
  await addToTagIndex(parts, subject, descriptor)
}

/** Adds a referrer to its tag. Somebody may write the same tag at once, so it is read again until the referrer is in it. */
async function addToTagIndex(parts: Parts, subject: Digest, descriptor: Descriptor): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const index = await readTagIndex(parts, subject)
    if (index.manifests.some(({ digest }) => digest === descriptor.digest)) return
    await putImage(parts, referrersTag(subject), {
      bytes: addToIndex(index, descriptor),
      mediaType: indexType,
    })
  }
  const index = await readTagIndex(parts, subject)
  if (index.manifests.some(({ digest }) => digest === descriptor.digest)) return
  throw failed('REGISTRY_ANSWER', `${parts.registry} does not keep what lies beside the release`, {
    fix: 'try again when nobody else pushes the same release',
    retryable: true,
  })
}

async function putImage(
  { transport, registry, path }: Parts,
  reference: string,
  { bytes, mediaType }: { readonly bytes: Uint8Array; readonly mediaType: string },
): Promise<RegistryAnswer> {
  const answer = await transport.request({
    method: 'PUT',
    url: `${path}/manifests/${reference}`,
    headers: { 'content-type': mediaType },
    body: bytes,
    mostBytes: largestError,
  })
  checkStatus(answer, [201], registry)
  return answer
}

function checkStatus(answer: RegistryAnswer, wanted: readonly number[], registry: string): void {
  if (wanted.includes(answer.status)) return
  if (answer.status === 404)
    throw refused(
      'REGISTRY_UNKNOWN',
      `${registry} has nothing there`,
      'check the repository, the tag and the digest',
    )
  throw unexpected(registry, answer)
}

const errorCode = /^[A-Z_]{1,40}$/

/** The code is one of the specification's; what else a registry says is not repeated. */
function unexpected(registry: string, { status, body }: RegistryAnswer): Error {
  let code = ''
  try {
    const said = parseJson(body) as { readonly errors?: readonly { readonly code?: unknown }[] } | null
    const first = said?.errors?.[0]?.code
    if (typeof first === 'string' && errorCode.test(first)) code = ` (${first})`
  } catch {
    // An answer of something between.
  }
  return failed('REGISTRY_ANSWER', `${registry} answers with status ${status}${code}`, {
    fix: 'look into the log of the registry',
    retryable: status === 429 || status >= 500,
  })
}

function altered(registry: string, digest: string): Error {
  return refused(
    'REGISTRY_ALTERED',
    `${registry} gives something else than ${digest}`,
    'do not use this registry until somebody has found out who changed it',
  )
}
