import { isDigest, type Digest } from '@plimsoll/base'
import { invalid } from '../errors.ts'

/** A place in a registry: `HOST[:PORT]/REPOSITORY[:TAG]` or `…@DIGEST` (OCI distribution specification 1.1). */
export interface RegistryReference {
  /** `host` or `host:port`, as somebody wrote it; credentials lie under this name. */
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

const hostShape =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/
const repositoryShape = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const tagShape = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

/**
 * Reads a reference. The registry is always named: there is no default to which a release could go by mistake.
 * @throws {InvalidInput} `REGISTRY_REFERENCE`
 */
export function parseReference(text: string): RegistryReference {
  const slash = text.indexOf('/')
  const registry = text.slice(0, Math.max(0, slash)).toLowerCase()
  const [path, digest] = splitAt(text.slice(slash + 1), '@')
  const [repository, tag] = splitAt(path, ':')
  const wrong =
    text.length > 500
      ? 'it is too long'
      : (hostProblem(registry) ??
        pathProblem(repository, tag) ??
        (digest !== undefined && !isDigest(digest)
          ? 'the digest is not `sha256:` and 64 hexadecimal digits'
          : undefined))
  if (wrong !== undefined) throw wrongReference(wrong)
  return {
    registry,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest: digest as Digest }),
  }
}

/** A tag for a version: `+`, which no tag may have, becomes `_`, as Helm does it. */
export function tagOf(version: string): string {
  return version.replaceAll('+', '_')
}

function splitAt(text: string, separator: string): readonly [before: string, after?: string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function hostProblem(registry: string): string | undefined {
  const named = registry.includes('.') || registry.includes(':') || registry === 'localhost'
  if (!named || !hostShape.test(registry)) return 'it does not begin with the name of a registry'
  return Number(/:(\d+)$/.exec(registry)?.[1] ?? 443) > 65_535 ? 'the port is above 65535' : undefined
}

function pathProblem(repository: string, tag: string | undefined): string | undefined {
  if (!repositoryShape.test(repository))
    return 'a repository is small letters, digits, and `.`, `_`, `-`, `/` between them'
  if (tag !== undefined && !tagShape.test(tag))
    return 'a tag is at most 128 letters, digits, `.`, `_` and `-`'
  return undefined
}

function wrongReference(why: string): Error {
  const message = `this is no place in a registry: ${why}`
  return invalid('REGISTRY_REFERENCE', {
    message,
    fix: 'write HOST/REPOSITORY, HOST/REPOSITORY:TAG or HOST/REPOSITORY@sha256:…',
  })
}
