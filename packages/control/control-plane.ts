import { messageOf, type Clock } from '@plimsoll/base'
import { openAuthority, type Authority } from '@plimsoll/identity'
import { openReleaseStore, provideProgram } from '@plimsoll/release'
import { samplingOf, serve, Telemetry, type Logger } from '@plimsoll/service'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readmit } from './admission.ts'
import { Changes } from './changes.ts'
import { controlContract } from './contract.ts'
import { CallDirectory } from './directory.ts'
import type { Recalled } from './engines/engine.ts'
import { createLocalEngine } from './engines/local/engine.ts'
import { openSocketFolders, type SocketFolders } from './engines/local/isolation/socket-folders.ts'
import { surveyIsolation } from './engines/local/isolation/survey.ts'
import { ServiceUsers } from './engines/local/isolation/users.ts'
import { openFolders, type Folders } from './folders.ts'
import { createHandlers } from './handlers.ts'
import { takeLock } from './lock.ts'
import { keepOperator, operatorId } from './operator.ts'
import { ownCredentials } from './own-credentials.ts'
import { Fleet } from './rollout.ts'
import { Rotations } from './rotation.ts'
import { openState, type State } from './state.ts'
import { FleetTelemetry } from './telemetry/fleet-telemetry.ts'
import { openWatch } from './telemetry/watch.ts'
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
  authority.onChange(() => publishTrust(folders, authority))
  const operator = keepOperator(folders.operator, authority)
  opened.defer(() => operator.close())
  const store = openReleaseStore(folders.releases)
  const sockets = openSocketFolders(folders.state)
  const fleet = await createFleet({ ...options, folders, state, authority, store, sockets })
  const recalled = await fleet.recall()
  const progress = { started: false }
  opened.defer(() => endFleet({ fleet, sockets, keep: !progress.started && recalled.size > 0 }))
  const telemetry = new FleetTelemetry(() => fleet.sets.flatMap((set) => set.tellers()))
  const changes = new Changes({ ...options, fleet, state, store, trust, folders, telemetry })
  await resume({ state, fleet, changes, logger, recalled })
  const rotations = new Rotations({
    authority,
    followers: fleet.followers,
    state,
    folders,
    publish: () => fleet.publish(),
  })
  const own = new Telemetry({ service: 'control', instance: 'control/0' })
  const server = await serveContract({
    authority,
    own,
    telemetry,
    rotations,
    folders,
    fleet,
    changes,
    state,
    trustDomain,
    logger,
  })
  opened.defer(() => server.close())
  opened.defer(() => changes.end())
  const watch = await openWatch({
    fleet: telemetry,
    own,
    deployment: () => fleet.live?.deployment,
    folder: folders.state,
    environment: process.env,
    logger,
  })
  opened.defer(() => watch.close())
  announce(folders, server.address, trustDomain)
  progress.started = true
  opened.defer(() => rmSync(announcementPath(folders), { force: true }))
  const running = opened.move()
  return { address: server.address, close: () => running.disposeAsync() }
}

interface Parts extends Pick<ControlPlaneOptions, 'gatewayProgram' | 'logger' | 'trustDomain'> {
  readonly folders: Folders
  readonly state: State
  readonly authority: Authority
  readonly store: ReturnType<typeof openReleaseStore>
  readonly sockets: SocketFolders
}

/** The engine tells the fleet when endpoints change, the directory asks the fleet where they are. */
async function createFleet({
  gatewayProgram,
  logger,
  trustDomain,
  folders,
  state,
  authority,
  store,
  sockets,
}: Parts): Promise<Fleet> {
  const directory = new CallDirectory({
    trustDomain,
    operators: [operatorId(trustDomain)],
    consumerKeys: () => state.consumerKeys(),
    sampling: samplingOf(process.env),
    endpoints: () => fleet.endpoints(),
  })
  const isolation = await surveyIsolation({
    folder: folders.programs,
    groups: `plimsoll-${sockets.name}`,
  })
  const engine = createLocalEngine({
    isolation,
    sockets,
    users: new ServiceUsers(folders.state),
    authority,
    logFolder: folders.logs,
    runningFolder: folders.running,
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
    gatewayProgram: () => provideProgram(gatewayProgram, folders.programs),
    logger,
  })
  return fleet
}

/** Ends everything. What ran before a control plane that does not start is kept: it does not end because of that. */
async function endFleet(parts: {
  readonly fleet: Fleet
  readonly sockets: SocketFolders
  readonly keep: boolean
}): Promise<void> {
  const { fleet, sockets, keep } = parts
  if (keep) return fleet.letGo()
  await fleet.drain()
  sockets.remove()
}

interface Resuming {
  readonly state: State
  readonly fleet: Fleet
  readonly changes: Changes
  readonly logger: Logger
  readonly recalled: Recalled
}

/** What was live runs again, and a canary goes on. Where it cannot, the control plane still starts: somebody has to be able to change it. */
async function resume(parts: Resuming): Promise<void> {
  await resumeLive(parts)
  await parts.changes.resumeCanary()
}

async function resumeLive({ state, fleet, changes, logger, recalled }: Resuming): Promise<void> {
  const live = state.live()
  try {
    if (live === undefined) return
    const admitted = await readmit({
      deployment: live.deployment,
      store: changes.store,
      trust: changes.trust,
      admitted: () => [live],
      covered: (after) => state.breakGlass.covers(after),
    })
    if (admitted === undefined) return
    changes.keepKeys(live.deployment)
    await fleet.resume(admitted, recalled)
  } catch (thrown) {
    logger.write('error', 'not resumed', { generation: live?.number, reason: messageOf(thrown) })
  } finally {
    // Whatever is no part of what is live, or is not admitted any more, does not run on.
    await fleet.dismiss()
  }
}

/** The control plane is a service like others: its contract, its identity, and operators as its only callers. */
async function serveContract(parts: {
  authority: Authority
  rotations: Rotations
  folders: Folders
  fleet: Fleet
  own: Telemetry
  telemetry: FleetTelemetry
  changes: Changes
  state: State
  trustDomain: string
  logger: Logger
}) {
  const { authority, folders, trustDomain, logger } = parts
  const callers = Object.fromEntries(
    Object.keys(controlContract.operations).map((operation) => [operation, [operatorId(trustDomain)]]),
  )
  return serve(createHandlers(parts), {
    credentials: ownCredentials(authority, logger),
    listen: { host: '127.0.0.1', port: 0 },
    snapshot: () => ({ revision: 1, endpoints: {}, callers }),
    dataFolder: folders.state,
    externals: {},
    logger,
    telemetry: parts.own,
    limits: { maxInputBytes: 16 * 1024 * 1024, maxInputDepth: 64 },
  })
}

/** What clients of the gateway have to trust. */
function publishTrust(folders: Folders, authority: Authority): void {
  const path = join(folders.gateway, 'ca.pem')
  // Renamed into its place: whoever reads it now has the former or the next one.
  writeFileSync(`${path}.new`, authority.bundle, { mode: 0o644 })
  renameSync(`${path}.new`, path)
}

/** Where the control plane is, for the CLI of the same user. */
function announce(folders: Folders, address: string, trustDomain: string): void {
  const text = JSON.stringify({ pid: process.pid, address, trustDomain })
  writeFileSync(announcementPath(folders), `${text}\n`, { mode: 0o600 })
}

function announcementPath({ state }: Folders): string {
  return join(state, 'control.json')
}
