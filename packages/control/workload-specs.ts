import type { Deployment } from '@plimsoll/architecture'
import { spiffeId } from '@plimsoll/identity'
import type { Release, ReleaseStore } from '@plimsoll/release'
import { gatewayName, type Deployed } from './directory.ts'
import type { WorkloadSpec } from './engines/engine.ts'
import { ControlFailure } from './errors.ts'
import type { Folders } from './folders.ts'

/** Where the parts of a specification come from. */
export interface SpecSources {
  readonly store: ReleaseStore
  readonly folders: Folders
  readonly trustDomain: string
  /** The gateway's program: a file that Node runs. */
  readonly gatewayProgram: () => Promise<string>
}

/** Names under which clients of this machine reach the gateway. */
const localNames = ['localhost', '127.0.0.1', '::1']

/**
 * What the engine has to know to run a service of a deployment.
 * @throws {ControlFailure} `START` where the deployment comes without its release
 */
export async function serviceSpec(
  name: string,
  { deployment, releases }: Deployed,
  { store, folders, trustDomain }: SpecSources,
): Promise<WorkloadSpec> {
  const release = releases.get(name)
  if (release === undefined) throw new ControlFailure('START', `there is no release of ${name}`)
  return {
    service: name,
    identity: spiffeId(trustDomain, 'service', name),
    program: await store.bundlePath(release.digest),
    replicas: deployment.services[name]?.replicas ?? 1,
    release: { name: releaseName(release), digest: release.digest },
    manifest: release.manifest,
    externals: externalsOf(release, deployment),
    callees: calleesOf(release),
    network: release.manifest.uses.some(({ kind }) => kind === 'external') ? 'host' : 'none',
    dataFolder: folders.data(name),
    serverNames: [],
  }
}

/** What the engine has to know to run the gateway of a deployment at a port. */
export async function gatewaySpec(
  { deployment: { gateway } }: Deployed,
  port: number,
  { trustDomain, gatewayProgram, folders }: SpecSources,
): Promise<WorkloadSpec> {
  return {
    service: gatewayName,
    identity: spiffeId(trustDomain, 'gateway', gatewayName),
    program: await gatewayProgram(),
    replicas: gateway.replicas,
    externals: {},
    listen: { host: gateway.host, port },
    callees: 'all',
    network: 'host',
    dataFolder: folders.data(gatewayName),
    serverNames: [...localNames, gateway.host],
  }
}

/** Whether anything of a deployment is open to more than its own services. */
export function needsGateway({ releases }: Deployed): boolean {
  return [...releases.values()].some(({ manifest }) =>
    Object.values(manifest.contract.operations).some(({ access }) => access !== 'services'),
  )
}

/** How people name a release: `pricing@1.0.0+4be1c0ffee12`. */
export function releaseName({ name, version }: Pick<Release, 'name' | 'version'>): string {
  return `${name}@${version}`
}

/** Services that a release declares to call. */
function calleesOf({ manifest }: Release): readonly string[] {
  const names = manifest.uses.flatMap((use) => (use.kind === 'operation' ? [use.service] : []))
  return [...new Set(names)]
}

/** Addresses of the externals that a release declares, and of no other. */
function externalsOf({ manifest }: Release, { externals }: Deployment): WorkloadSpec['externals'] {
  return Object.fromEntries(
    manifest.uses.flatMap((use) => {
      const external = use.kind === 'external' ? externals[use.external] : undefined
      return use.kind === 'external' && external !== undefined ? [[use.external, { url: external.url }]] : []
    }),
  )
}
