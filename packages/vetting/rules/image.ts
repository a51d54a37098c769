/** Tags that are moved to whatever was pushed last. */
const moving = new Set([
  'latest',
  'stable',
  'edge',
  'nightly',
  'main',
  'master',
  'dev',
  'develop',
  'canary',
  'lts',
  'mainline',
])

/** The parts of an image's reference (OCI distribution specification; Docker's reference grammar). */
export interface ImageReference {
  /** Host of the registry; undefined where it is the default one. */
  readonly registry?: string | undefined
  /** Path without host, tag and digest. */
  readonly repository: string
  /** `latest` where neither tag nor digest is written; undefined where a variable decides. */
  readonly tag?: string | undefined
  readonly digest?: string | undefined
}

/** Reads a reference such as `registry.example:5000/shop/cart:1.4@sha256:…`. Takes anything. */
export function parseImage(reference: string): ImageReference {
  const [named = '', digest] = reference.split('@')
  const slash = named.indexOf('/')
  const host = slash === -1 ? '' : named.slice(0, slash)
  const isHost = host === 'localhost' || /[.:]/.test(host)
  const rest = isHost ? named.slice(slash + 1) : named
  const colon = rest.lastIndexOf(':')
  const repository = colon > rest.lastIndexOf('/') ? rest.slice(0, colon) : rest
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : undefined
  return {
    repository,
    ...(isHost ? { registry: host } : {}),
    ...(digest === undefined ? {} : { digest }),
    ...tagOf(reference, tag, digest),
  }
}

function tagOf(
  reference: string,
  tag: string | undefined,
  digest: string | undefined,
): { readonly tag?: string } {
  if (reference.includes('$')) return {}
  if (tag !== undefined) return { tag }
  return digest === undefined ? { tag: 'latest' } : {}
}

/** True where a tag is made to be moved; `latest-alpine` moves as `latest` does. */
export function isMoving(tag: string): boolean {
  return moving.has(tag.split('-')[0] ?? '')
}
