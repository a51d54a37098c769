import { callId } from '@plimsoll/contract'
import type { GatewayConfiguration, Reach } from '@plimsoll/gateway'
import type { Release } from '@plimsoll/release'

type Releases = ReadonlyMap<string, Release>

/**
 * How far a call of each operation that is open to the outside can go, by the calls that its handlers were vetted to make: the services on
 * the way, and the scopes that are asked for there. So far, and no further, a token about a subject is good.
 * @param running more than one where releases run side by side: a chain of calls may go through either of each service
 */
export function reachOf(...running: readonly Releases[]): NonNullable<GatewayConfiguration['reach']> {
  const open = running.flatMap(openIn)
  return Object.fromEntries(open.map((id) => [id, reachFrom(id, running)]))
}

function openIn(releases: Releases): readonly string[] {
  return [...releases].flatMap(([service, { manifest }]) =>
    Object.entries(manifest.contract.operations)
      .filter(([, { access }]) => access !== 'services')
      .map(([operation]) => `${service}.${operation}`),
  )
}

function reachFrom(entry: string, running: readonly Releases[]): Reach {
  const seen = new Set([entry])
  const scopes = new Set<string>()
  // The set grows while it is walked: what is appended is still met.
  for (const id of seen) {
    const [service = '', operation = ''] = id.split('.')
    for (const releases of running) {
      const release = releases.get(service)
      for (const scope of release?.manifest.contract.operations[operation]?.scopes ?? []) scopes.add(scope)
      for (const call of callsOf(release, operation)) seen.add(call)
    }
  }
  const audience = [...seen]
    .map((id) => id.split('.')[0] ?? '')
    .filter((name) => running.some((releases) => releases.has(name)))
  return { audience: [...new Set(audience)].toSorted(), scopes: [...scopes].toSorted() }
}

/** Operations that an operation's handler may call: those that were found in it; all that are declared where nobody has looked. */
function callsOf(release: Release | undefined, operation: string): readonly string[] {
  if (release === undefined) return []
  const { uses, calls } = release.manifest
  const found = Object.hasOwn(calls, operation) ? calls[operation] : undefined
  const declared = uses.filter(({ kind }) => kind === 'operation').map(callId)
  return found === undefined ? declared : declared.filter((id) => found.includes(id))
}
