import { messageOf, type Clock } from '@plimsoll/base'
import {
  createKey,
  openAuthority,
  proveKey,
  readCredentials,
  spiffeId,
  type Authority,
  type Credentials,
} from '@plimsoll/identity'
import { openReleaseStore } from '@plimsoll/release'
import { serve, type Logger } from '@plimsoll/service'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readmit } from './admission.ts'
import { Changes } from './changes.ts'
import { controlContract } from './contract.ts'
import { CallDirectory } from './directory.ts'
import { createLocalEngine } from './engines/local/engine.ts'
import { openFolders, type Folders } from './folders.ts'
import { createHandlers } from './handlers.ts'
import { takeLock } from './lock.ts'
import { issueOperator, operatorId } from './operator.ts'
import { Fleet } from './rollout.ts'
import { openState, type State } from './state.ts'
import { openTrust } from './trust.ts'

export interface ControlPlaneOptions {
  /** The state folder, `.plimsoll`. */
  readonly state: string
  /** Where identities are of. */
  readonly trustDomain: string
  /** The gateway's program: a file that Node runs. */
  readonly gatewayProgram: string
  readonly logger: Logger
  readonly clock?: Clock
}

export interface ControlPlane {
  /** `host:port` of its own operations, for operators. */
  readonly address: string
  /** Ends everything that runs, then itself. */
  close(): Promise<void>
}

const certificateMs = 24 * 3_600_000

/**
 * Starts the control plane on a state folder: takes the lock, opens the state, starts what was live, serves its contract.
 * @throws {ControlRefusal} `ALREADY_RUNNING`, `TRUST_CHANGED`
 * @throws {ControlFailure} `STATE`
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { logger, trustDomain, clock } = options
  // Whatever is open when a step fails is closed again, the last first; later the same list ends the control plane.
  await using opened = new AsyncDisposableStack()
  const folders = openFolders(options.state)
  const lock = takeLock(folders.state)
  opened.defer(() => lock.release())
  const state = openState(folders.state, clock)
  opened.defer(() => state.close())
  const trust = openTrust(folders.keys, state)
  const authority = openAuthority(folders.authority, trustDomain, clock)
  publishTrust(folders, authority)
  const store = openReleaseStore(folders.releases)
  const fleet = createFleet({ ...options, folders, state, authority, store })
  opened.defer(() => fleet.drain())
  const changes = new Changes({ fleet, state, store, trust, folders })
  await resumeLive({ state, fleet, changes, logger })
  const server = await serveContract({ authority, folders, fleet, changes, state, trustDomain, logger })
  opened.defer(() => server.close())
  opened.defer(() => changes.end())
  announce(folders, server.address, trustDomain)
  opened.defer(() => rmSync(announcementPath(folders), { force: true }))
  const running = opened.move()
  return { address: server.address, close: () => running.disposeAsync() }
}

interface Parts extends Pick<ControlPlaneOptions, 'gatewayProgram' | 'logger' | 'trustDomain'> {
  readonly folders: Folders
  readonly state: State
  readonly authority: Authority
  readonly store: ReturnType<typeof openReleaseStore>
}

/** The engine tells the fleet when endpoints change, the directory asks the fleet where they are. */
function createFleet({
  gatewayProgram,
  logger,
  trustDomain,
  folders,
  state,
  authority,
  store,
}: Parts): Fleet {
  const directory = new CallDirectory({
    trustDomain,
    operators: [operatorId(trustDomain)],
    consumerKeys: () => state.consumerKeys(),
    endpoints: () => fleet.endpoints(),
  })
  const engine = createLocalEngine({
    authority,
    logFolder: folders.logs,
    logger,
    onEndpoints: () => fleet.publish(),
  })
  const fleet: Fleet = new Fleet({
    engine,
    directory,
    state,
    store,
    folders,
    trustDomain,
    gatewayProgram,
    logger,
  })
  return fleet
}

/** What was live runs again. Where it cannot, the control plane still starts: somebody has to be able to change it. */
async function resumeLive(parts: {
  state: State
  fleet: Fleet
  changes: Changes
  logger: Logger
}): Promise<void> {
  const { state, fleet, changes, logger } = parts
  const live = state.live()
  if (live === undefined) return
  try {
    const admitted = await readmit({
      deployment: live.deployment,
      store: changes.store,
      trust: changes.trust,
      admitted: () => [live],
    })
    if (admitted === undefined) return
    changes.keepKeys(live.deployment)
    await fleet.resume(admitted)
  } catch (thrown) {
    logger.write('error', 'not resumed', { generation: live.number, reason: messageOf(thrown) })
  }
}

/** The control plane is a service like others: its contract, its identity, and operators as its only callers. */
async function serveContract(parts: {
  authority: Authority
  folders: Folders
  fleet: Fleet
  changes: Changes
  state: State
  trustDomain: string
  logger: Logger
}) {
  const { authority, folders, trustDomain, logger } = parts
  issueOperator(folders.operator, authority)
  const callers = Object.fromEntries(
    Object.keys(controlContract.operations).map((operation) => [operation, [operatorId(trustDomain)]]),
  )
  return serve(createHandlers(parts), {
    credentials: ownCredentials(authority),
    listen: { host: '127.0.0.1', port: 0 },
    snapshot: () => ({ revision: 1, endpoints: {}, callers }),
    dataFolder: folders.state,
    externals: {},
    logger,
    limits: { maxInputBytes: 16 * 1024 * 1024, maxInputDepth: 64 },
  })
}

/** Credentials of the control plane itself, made anew at half of their life. */
function ownCredentials(authority: Authority): () => Credentials {
  const issue = () => {
    const { privateKey, publicKey } = createKey()
    const { certificateChain } = authority.issueWorkload({
      publicKey,
      proof: proveKey(privateKey, publicKey),
      identity: spiffeId(authority.trustDomain, 'control', 'main'),
      lifetimeMs: certificateMs,
    })
    return readCredentials({ certificateChain, privateKey, bundle: authority.bundle })
  }
  let current = issue()
  return () => {
    if (current.notAfter - Date.now() < certificateMs / 2) current = issue()
    return current
  }
}

/** What clients of the gateway have to trust. */
function publishTrust(folders: Folders, authority: Authority): void {
  writeFileSync(join(folders.gateway, 'ca.pem'), authority.bundle, { mode: 0o644 })
}

/** Where the control plane is, for the CLI of the same user. */
function announce(folders: Folders, address: string, trustDomain: string): void {
  const text = JSON.stringify({ pid: process.pid, address, trustDomain })
  writeFileSync(announcementPath(folders), `${text}\n`, { mode: 0o600 })
}

function announcementPath({ state }: Folders): string {
  return join(state, 'control.json')
}
