import {
  architectureDigest,
  changedServices,
  describeDeployment,
  emptyArchitecture,
  type Architecture,
  type Deployment,
  type ReleaseFacts,
} from '@plimsoll/architecture'
import { systemClock, type Clock, type Digest } from '@plimsoll/base'
import { checkRoutes } from '@plimsoll/gateway'
import { verifyRelease, type Release, type ReleaseStore } from '@plimsoll/release'
import { checkAttestation, isAdmitted, policyDigest, type Verdict } from '@plimsoll/vetting'
import { checkBreakGlass, type BreakGlass } from './break-glass.ts'
import { ControlRefusal } from './errors.ts'
import type { Generation } from './state.ts'
import type { Trust } from './trust.ts'

/** A deployment that may go live. */
export interface Admitted {
  readonly deployment: Deployment
  /** The release of every service. */
  readonly releases: ReadonlyMap<string, Release>
  readonly after: Digest
  readonly attestation: unknown
  readonly verdict: Verdict
  /** Who answers for it, where the gate refuses it. */
  readonly breakGlass?: BreakGlass | undefined
}

export interface AdmissionOptions {
  readonly deployment: Deployment
  readonly attestation: unknown
  /** What runs. */
  readonly running: Deployment | undefined
  readonly store: ReleaseStore
  readonly trust: Trust
  /** Attestations that were taken before for the way from one architecture to another. */
  readonly used?: (before: Digest, after: Digest) => readonly unknown[]
  readonly breakGlass?: BreakGlass | undefined
  readonly clock?: Clock
}

/**
 * The control plane's own check of a change: it believes nothing but its own state, the stored releases and trusted
 * signatures. Touches nothing.
 * @throws a refusal that says which step said no
 */
export async function admit(options: AdmissionOptions): Promise<Admitted> {
  const { deployment, attestation, running, trust, breakGlass, clock = systemClock } = options
  if (breakGlass !== undefined) checkBreakGlass(breakGlass, clock)
  const releases = await verifyReleases(deployment, options)
  checkAddresses(releases)
  const after = architectureDigest(describe(deployment, releases))
  const before = await digestOfRunning(running, deployment.name, options)
  const verdict = checkAttestation(attestation, {
    trusted: trust.verdicts,
    before,
    after,
    candidate: candidateOf(deployment, running),
    policy: policyDigest((running ?? deployment).policy, deployment.waivers, deployment.policy),
    environment: trust.environment,
    evenRefused: breakGlass !== undefined,
    clock,
  })
  checkUnused(attestation, options.used?.(before, after) ?? [])
  const admitted = { deployment, releases, after, attestation, verdict }
  return isAdmitted(verdict) ? admitted : { ...admitted, breakGlass }
}

/**
 * The check for going back: the architecture was live before, and what admitted it then still holds.
 * @returns undefined where the architecture was never admitted and needs a verdict.
 */
export async function readmit(
  options: Pick<AdmissionOptions, 'deployment' | 'store' | 'trust'> & {
    readonly admitted: (after: Digest) => readonly Generation[]
    /** Whether somebody still answers for an architecture that the gate refused. */
    readonly covered?: (after: Digest) => boolean
  },
): Promise<Admitted | undefined> {
  const { deployment, trust } = options
  const releases = await verifyReleases(deployment, options)
  const after = architectureDigest(describe(deployment, releases))
  const [earlier] = options.admitted(after)
  if (earlier === undefined) return undefined
  const verdict = checkAttestation(earlier.attestation, {
    trusted: trust.verdicts,
    before: earlier.before,
    after,
    candidate: earlier.candidate,
    policy: earlier.policy,
    environment: trust.environment,
    evenRefused: options.covered?.(after) === true,
    maxAgeMs: Number.POSITIVE_INFINITY,
  })
  return { deployment, releases, after, attestation: earlier.attestation, verdict }
}

/** One verdict lets one change in: when what ran before runs again, it is judged anew. Compared by what was signed. */
function checkUnused(attestation: unknown, used: readonly unknown[]): void {
  const payload = payloadOf(attestation)
  if (!used.some((earlier) => payloadOf(earlier) === payload)) return
  throw new ControlRefusal('REPLAYED', 'the verdict was used before', {
    fix: 'vet the change again: plimsoll deploy does it',
  })
}

function payloadOf(envelope: unknown): unknown {
  return (envelope as { readonly payload?: unknown } | null)?.payload
}

/** Services that a change brings or changes, with their releases. */
export function candidateOf(
  next: Deployment,
  running: Deployment | undefined,
): Readonly<Record<string, Digest>> {
  return Object.fromEntries(
    changedServices(next, running).flatMap((name) => {
      const service = next.services[name]
      return service === undefined ? [] : [[name, service.release]]
    }),
  )
}

async function verifyReleases(
  { services }: Deployment,
  { store, trust }: Pick<AdmissionOptions, 'store' | 'trust'>,
): Promise<ReadonlyMap<string, Release>> {
  const entries = await Promise.all(
    Object.entries(services).map(async ([name, { release }]) => {
      return [name, await verifyRelease(store, release, trust.releases)] as const
    }),
  )
  return new Map(entries)
}

function checkAddresses(releases: ReadonlyMap<string, Release>): void {
  const [problem] = checkRoutes([...releases.values()].map(({ manifest }) => manifest.contract))
  if (problem !== undefined) throw new ControlRefusal('ROUTES', problem.message, { fix: problem.fix })
}

function describe(deployment: Deployment, releases: ReadonlyMap<string, Release>): Architecture {
  const facts = new Map<Digest, ReleaseFacts>(
    [...releases.values()].map(({ digest, manifest }) => [digest, { digest, manifest }]),
  )
  return describeDeployment(deployment, facts)
}

async function digestOfRunning(
  running: Deployment | undefined,
  name: string,
  options: Pick<AdmissionOptions, 'store' | 'trust'>,
): Promise<Digest> {
  if (running === undefined) return architectureDigest(emptyArchitecture(name))
  return architectureDigest(describe(running, await verifyReleases(running, options)))
}
