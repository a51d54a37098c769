import {
  changedServices,
  describeDeployment,
  emptyArchitecture,
  type Deployment,
} from '@plimsoll/architecture'
import { canonicalJson, type Digest } from '@plimsoll/base'
import { createSigningKey, openAuthority, type SigningKey } from '@plimsoll/identity'
import type { ServiceManifest } from '@plimsoll/contract'
import { openReleaseStore, signRelease, type Release, type ReleaseStore } from '@plimsoll/release'
import { attest, vet } from '@plimsoll/vetting'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CallDirectory } from './directory.ts'
import { createLocalEngine } from './engines/local/engine.ts'
import { withoutWalls } from './engines/local/isolation/bare.fixture.ts'
import { openSocketFolders } from './engines/local/isolation/socket-folders.ts'
import { ServiceUsers } from './engines/local/isolation/users.ts'
import { openFolders, type Folders } from './folders.ts'
import { Fleet } from './rollout.ts'
import { openState, type State } from './state.ts'
import type { Trust } from './trust.ts'

/** A program that says it is ready, and ends when it is told to. */
export const goodProgram = `process.on('message', ({ type }) => {
  if (type === 'bootstrap') process.send({ type: 'ready', address: '127.0.0.1:4000' })
  if (type === 'ping') process.send({ type: 'pong' })
  if (type === 'drain') process.exit(0)
})`

/** What a control plane has, without its own server. */
export interface Shop extends AsyncDisposable {
  readonly folders: Folders
  readonly state: State
  readonly store: ReleaseStore
  readonly trust: Trust
  readonly keys: { readonly release: SigningKey; readonly gate: SigningKey }
  readonly fleet: Fleet
  /** Adds a release of a service to the store, signed with a key; not at all where that is null. */
  release(name: string, program?: string, key?: SigningKey | null): Promise<Release>
  /** The verdict of the gate over a change, signed. */
  vetted(next: Deployment, running?: Deployment, key?: SigningKey): Promise<ReturnType<typeof attest>>
  /** A fleet on this shop, with another state or engine. */
  fleetWith(changes: { readonly state?: State }): Fleet
}

export function openShop(): Shop {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-control-'))
  const folders = openFolders(join(root, 'state'))
  const state = openState(folders.state)
  const store = openReleaseStore(folders.releases)
  const keys = { release: createSigningKey(), gate: createSigningKey() }
  const fleetWith = (changes: { readonly state?: State }) =>
    createFleet({ folders, state, store, ...changes })
  const fleet = fleetWith({})
  const shop: Shop = {
    folders,
    state,
    store,
    trust: { releases: [keys.release.publicKey], verdicts: [keys.gate.publicKey], environment: 'shop-test' },
    keys,
    fleet,
    fleetWith,
    async release(name, program = goodProgram, key = keys.release) {
      const manifest = manifestOf(name)
      const bytes = (value: unknown) => Buffer.from(canonicalJson(value))
      const content = {
        bundle: Buffer.from(program),
        contract: bytes(manifest.contract),
        openapi: bytes({}),
        sbom: bytes({ components: [] }),
      }
      const release = await store.add(manifest, content)
      if (key !== null) await signRelease(store, release.digest, key)
      return release
    },
    async vetted(next, running, key = keys.gate) {
      const facts = await factsOf(store, [next, ...(running === undefined ? [] : [running])])
      const before = running === undefined ? emptyArchitecture(next.name) : describeDeployment(running, facts)
      const changed = changedServices(next, running)
      const verdict = vet({
        before,
        after: describeDeployment(next, facts),
        alone: describeDeployment(next, facts, changed),
        candidate: Object.fromEntries(
          changed.map((name) => [name, next.services[name]?.release ?? 'sha256:']),
        ),
        policy: (running ?? next).policy,
        nextPolicy: next.policy,
        waivers: next.waivers,
      })
      return attest(verdict, key, shop.trust.environment)
    },
    async [Symbol.asyncDispose]() {
      await fleet.drain()
      state.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
  return shop
}

function createFleet(parts: {
  readonly folders: Folders
  readonly state: State
  readonly store: ReleaseStore
}): Fleet {
  const { folders, state, store } = parts
  const trustDomain = 'shop.internal'
  const logger = { write: () => undefined }
  const authority = openAuthority(folders.authority, trustDomain)
  const directory = new CallDirectory({
    trustDomain,
    operators: [],
    consumerKeys: () => state.consumerKeys(),
    endpoints: () => fleet.endpoints(),
  })
  const engine = createLocalEngine({
    isolation: withoutWalls,
    sockets: openSocketFolders(folders.state),
    users: new ServiceUsers(folders.state),
    authority,
    logFolder: folders.logs,
    logger,
    onEndpoints: () => fleet.publish(),
    bounds: { startMs: 5_000, drainMs: 500 },
  })
  const fleet: Fleet = new Fleet({
    engine,
    directory,
    state,
    store,
    folders,
    trustDomain,
    gatewayProgram: () => Promise.reject(new Error('no gateway here')),
    logger,
  })
  return fleet
}

async function factsOf(store: ReleaseStore, deployments: readonly Deployment[]) {
  const digests = deployments.flatMap(({ services }) => Object.values(services).map(({ release }) => release))
  const releases = await Promise.all(digests.map((digest) => store.get(digest)))
  return new Map(releases.map(({ digest, manifest }) => [digest, { digest, manifest }]))
}

function manifestOf(name: string): ServiceManifest {
  return {
    format: 'plimsoll/manifest/1',
    name,
    contract: { format: 'plimsoll/contract/1', name, version: '1.0.0', operations: {} },
    uses: [],
    calls: {},
    evidence: {},
  }
}

/** A deployment of releases, with the policy that lets everything but the worst pass. */
export function deploymentOf(
  releases: Readonly<Record<string, Release | Digest>>,
  changes: Partial<Deployment> = {},
): Deployment {
  const services = Object.entries(releases).map(([name, release]) => [
    name,
    { release: typeof release === 'string' ? release : release.digest, replicas: 1, stores: [] },
  ])
  return {
    format: 'plimsoll/deployment/1',
    name: 'shop',
    services: Object.fromEntries(services) as Deployment['services'],
    stores: {},
    consumers: {},
    externals: {},
    zones: {},
    dataClasses: ['public', 'internal', 'confidential', 'personal', 'secret'],
    gateway: { port: 0, host: '127.0.0.1', replicas: 1 },
    policy: { failOn: 'critical', operatorCalls: false },
    waivers: [],
    evidence: {},
    ...changes,
  }
}
