import {
  changedServices,
  deploymentOf,
  describeDeployment,
  emptyArchitecture,
  type Architecture,
  type Deployment,
  type ReleaseFacts,
} from '@plimsoll/architecture'
import { canonicalJson, isDigest, type Digest, type Json } from '@plimsoll/base'
import { openSigningKey } from '@plimsoll/identity'
import {
  buildRelease,
  openBuildRecords,
  signRelease,
  verifyRelease,
  type BuildRecords,
  type ModuleLoader,
  type Release,
} from '@plimsoll/release'
import { attest, vet, type Verdict } from '@plimsoll/vetting/gate'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { BreakGlass } from '../break-glass.ts'
import { outputOf, type Connection } from './connection.ts'
import { ClientRefusal, wrongUse } from './errors.ts'
import type { ConfiguredProject, Project } from './project.ts'
import { trustedReleaseKeys } from './sharing.ts'

/** What would run, beside what runs, with the verdict about the difference. */
export interface Candidate {
  readonly deployment: Deployment
  readonly before: Architecture
  readonly after: Architecture
  readonly verdict: Verdict
  /** Nothing would change. */
  readonly unchanged: boolean
}

export interface BuildOptions {
  /** Services to build; all of the configuration where empty. */
  readonly services: readonly string[]
  /** Another entry module for the one service that is named. */
  readonly entry?: string | undefined
  /** Digest of a release of the one service that is named: nothing is built. */
  readonly release?: string | undefined
  /** Which release came of which sources; those of the project where absent. */
  readonly records?: BuildRecords | undefined
  /** Loads entry modules to describe them; a process for each where absent. */
  readonly loader?: ModuleLoader | undefined
}

/** Builds and signs releases of the configuration's services. */
export async function buildReleases(
  project: ConfiguredProject,
  { services, entry, release: stored, records = recordsOf(project), loader }: BuildOptions,
): Promise<Readonly<Record<string, Release>>> {
  const known = Object.keys(project.settings.services)
  const wanted = services.length === 0 ? known : services
  for (const name of wanted) {
    if (!known.includes(name))
      throw wrongUse(`there is no service ${JSON.stringify(name)}`, `it is one of ${known.join(', ')}`)
  }
  if (entry !== undefined && wanted.length !== 1) {
    throw wrongUse('--entry goes with exactly one service', 'plimsoll deploy SERVICE --entry FILE')
  }
  if (stored !== undefined) return await storedRelease(project, wanted, { entry, digest: stored })
  const key = openSigningKey(join(project.state, 'keys/release.key'))
  const built: [string, Release][] = []
  const waiting = [...wanted]
  const build = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const source = entry ?? project.settings.services[name]?.entry ?? ''
      const release = await buildRelease({
        project: project.root,
        entry: source,
        store: project.store,
        expect: name,
        records,
        loader,
      })
      await signRelease(project.store, release.digest, key)
      built.push([name, release])
    }
  }
  // Each build has a process of its own: more of them than processors would only wait for each other.
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, build))
  return Object.fromEntries(wanted.flatMap((name) => built.filter(([one]) => one === name)))
}

/** Which release came of which sources in a project, as it is now. */
export function recordsOf({ state }: Project): BuildRecords {
  return openBuildRecords(join(state, 'builds'))
}

/** A release of the store, built here or pulled, where a key that is trusted here signed it. */
async function storedRelease(
  project: ConfiguredProject,
  wanted: readonly string[],
  { entry, digest }: { readonly entry: string | undefined; readonly digest: string },
): Promise<Readonly<Record<string, Release>>> {
  const [service, ...more] = wanted
  if (service === undefined || more.length > 0 || entry !== undefined)
    throw wrongUse(
      '--release goes with exactly one service, and without --entry',
      'plimsoll deploy SERVICE --release sha256:…',
    )
  if (!isDigest(digest))
    throw wrongUse('a release is named by `sha256:` and 64 hexadecimal digits', 'plimsoll pull tells it')
  const release = await verifyRelease(project.store, digest, trustedReleaseKeys(project))
  if (release.name === service) return { [service]: release }
  throw wrongUse(
    `the release is one of ${release.name}, not of ${service}`,
    `plimsoll deploy ${release.name}`,
  )
}

/** Vets what the releases would make of what runs. */
export async function vetCandidate(
  project: ConfiguredProject,
  releases: Readonly<Record<string, Release>>,
  running: Deployment | undefined,
): Promise<Candidate> {
  const digests = Object.fromEntries(Object.entries(releases).map(([name, { digest }]) => [name, digest]))
  return vetDeployment(project, nextDeployment(project, digests, running), running)
}

/** Vets a deployment whose releases are all in the store. */
export async function vetDeployment(
  project: Project,
  deployment: Deployment,
  running: Deployment | undefined,
): Promise<Candidate> {
  const facts = await factsOf(project, [deployment, ...(running === undefined ? [] : [running])])
  const before =
    running === undefined ? emptyArchitecture(deployment.name) : describeDeployment(running, facts)
  const after = describeDeployment(deployment, facts)
  const changed = changedServices(deployment, running)
  const verdict = vet({
    before,
    after,
    alone: describeDeployment(deployment, facts, changed),
    candidate: Object.fromEntries(changed.map((name) => [name, releaseOf(deployment, name)])),
    policy: (running ?? deployment).policy,
    nextPolicy: deployment.policy,
    waivers: deployment.waivers,
  })
  return {
    deployment,
    before,
    after,
    verdict,
    unchanged: running !== undefined && meaning(running) === meaning(deployment),
  }
}

/** The whole configuration where all of it was built; else what runs, with the built services replaced. */
function nextDeployment(
  { settings, places }: ConfiguredProject,
  digests: Readonly<Record<string, Digest>>,
  running: Deployment | undefined,
): Deployment {
  const whole = Object.keys(settings.services).every((name) => name in digests)
  if (whole) return deploymentOf(settings, digests, places)
  if (running === undefined) {
    throw wrongUse(
      'nothing runs yet, so single services have nothing to join',
      'start everything first: plimsoll up',
    )
  }
  const services = Object.fromEntries(Object.entries(settings.services).filter(([name]) => name in digests))
  const part = deploymentOf({ ...settings, services }, digests, places)
  return {
    ...running,
    services: { ...running.services, ...part.services },
    stores: { ...running.stores, ...part.stores },
    externals: { ...running.externals, ...part.externals },
    zones: { ...running.zones, ...part.zones },
    waivers: part.waivers,
    evidence: { ...running.evidence, ...part.evidence },
  }
}

/** What the architecture needs to know of every release that one of the deployments names. */
async function factsOf(
  { store }: Project,
  deployments: readonly Deployment[],
): Promise<ReadonlyMap<Digest, ReleaseFacts>> {
  const digests = new Set(
    deployments.flatMap(({ services }) => Object.values(services).map(({ release }) => release)),
  )
  const releases = await Promise.all([...digests].map((digest) => store.get(digest)))
  return new Map(releases.map(({ digest, manifest }) => [digest, { digest, manifest }]))
}

function releaseOf({ services }: Deployment, name: string): Digest {
  const service = services[name]
  if (service === undefined) throw new Error(`no service ${name} in the deployment`)
  return service.release
}

/** What a deployment says, without where it says it. */
export function meaning({ evidence: _evidence, ...deployment }: Deployment): string {
  return canonicalJson(deployment)
}

/** What the control plane did. */
export interface Outcome {
  readonly generation: number
  readonly started: readonly string[]
  readonly stopped: readonly string[]
  /** Where the candidates get only a part of the calls for now. */
  readonly canary?: readonly { readonly share: number; readonly milliseconds: number }[]
}

export interface SubmitOptions {
  /** Who answers for it, where the gate refuses it. */
  readonly breakGlass?: BreakGlass | undefined
  /** Steps in the place of the policy's; `none`: at once. */
  readonly canary?: string | undefined
  /** The generation that the change was planned for; where another one runs, it is refused. */
  readonly expected?: number | undefined
}

/**
 * Signs the verdict and hands the change to the control plane, which checks everything again.
 * @throws {ClientRefusal} `REFUSED` where it is not admitted or does not start; what ran before runs on
 */
export async function submit(
  project: Project,
  candidate: Candidate,
  connection: Connection,
  { breakGlass, canary, expected }: SubmitOptions = {},
): Promise<Outcome> {
  const key = openSigningKey(join(project.state, 'keys/gate.key'))
  const { environment } = outputOf(await connection.control('describe', {})) as { environment: string }
  const attestation = attest(candidate.verdict, key, environment)
  const input = {
    deployment: candidate.deployment,
    attestation,
    ...(breakGlass && { breakGlass }),
    ...(canary === undefined ? {} : { canary }),
    ...(expected === undefined ? {} : { generation: expected }),
  } as unknown as Json
  const outcome = await connection.control('change', input)
  if (!outcome.ok) throw refusalOf(outcome.data)
  return outputOf(outcome) as unknown as Outcome
}

/** What the control plane said, as an error of this command. */
export function refusalOf(data: unknown): ClientRefusal {
  const { message, fix } = (data ?? {}) as { message?: string; fix?: string }
  return new ClientRefusal('REFUSED', message ?? 'the control plane refused the change', { fix })
}
