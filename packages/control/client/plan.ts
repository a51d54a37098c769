import { digestOfJson, type Digest, type Json } from '@plimsoll/base'
import type { Release } from '@plimsoll/release'
import type { Verdict } from '@plimsoll/vetting/gate'
import {
  buildReleases,
  meaning,
  refusalOf,
  vetCandidate,
  type BuildOptions,
  type Candidate,
} from './candidate.ts'
import { outputOf, type Connection } from './connection.ts'
import { differencesOf, type Difference } from './difference.ts'
import { ClientRefusal } from './errors.ts'
import type { ConfiguredProject } from './project.ts'

/** One thing that is not as it was admitted, as the control plane sees it. */
export interface Drift {
  readonly kind: 'not-running' | 'replica' | 'replicas' | 'process' | 'copy' | 'release'
  /** An instance, a service, or the id of a process. */
  readonly subject: string
  readonly service?: string
  readonly message: string
  /** Of the service, where it is about one. */
  readonly release?: Digest
}

/** What would be done so that what runs is what the configuration says. */
export interface Plan {
  readonly format: 'plimsoll/plan/1'
  /** Names exactly this change of exactly what runs: what applies it is refused where either is another by then. */
  readonly digest: Digest
  /** Number of the generation that it was made for; 0 where nothing runs. */
  readonly generation: number
  readonly changes: readonly Difference[]
  /** What is not as it was admitted, and would be repaired. */
  readonly drift: readonly Drift[]
  /** About the changes; absent where nothing would change, or where it cannot be told before stored releases are restored. */
  readonly verdict?: Verdict
}

/** A plan with what is needed to do it. */
export interface Planned {
  readonly plan: Plan
  /** Absent where stored releases are altered: nothing can be judged beside what cannot be read. */
  readonly candidate: Candidate | undefined
}

/**
 * Builds what changed and compares it with what runs. Nothing that runs is touched.
 * @param connection undefined where nothing runs: all of the configuration would be new
 */
export async function makePlan(
  project: ConfiguredProject,
  connection: Connection | undefined,
  options: BuildOptions,
): Promise<Planned> {
  const running = await connection?.running()
  const drift = connection === undefined ? [] : await driftOf(connection)
  const generation = running?.generation ?? 0
  const facts = {
    generation,
    before: running?.deployment && meaning(running.deployment),
    drift: drift.map(keyOf),
  }
  if (drift.some(({ kind }) => kind === 'release')) {
    const plan: Plan = {
      format: 'plimsoll/plan/1',
      digest: digestOfPlan(facts),
      generation,
      changes: [],
      drift,
    }
    return { plan, candidate: undefined }
  }
  const releases = await buildReleases(project, options)
  const candidate = await vetCandidate(project, releases, running?.deployment)
  const changes = differencesOf(running?.deployment, candidate.deployment)
  const digest = digestOfPlan({ ...facts, after: meaning(candidate.deployment) })
  const { verdict } = candidate
  return {
    plan: {
      format: 'plimsoll/plan/1',
      digest,
      generation,
      changes,
      drift,
      ...(changes.length > 0 && { verdict }),
    },
    candidate,
  }
}

/** What is not as it was admitted. */
export async function driftOf(connection: Connection): Promise<readonly Drift[]> {
  const { drift } = outputOf(await connection.control('drift', {})) as unknown as { drift: readonly Drift[] }
  return drift
}

/** What was repaired. */
export interface Repairs {
  readonly started: readonly string[]
  readonly ended: readonly number[]
}

/**
 * Has repaired what somebody was shown, as far as it is still so.
 * @throws {ClientRefusal} `REFUSED` where a replica does not start
 */
export async function repair(connection: Connection, drift: readonly Drift[]): Promise<Repairs> {
  const outcome = await connection.control('repair', { drift: drift.map(keyOf) })
  if (!outcome.ok) throw refusalOf(outcome.data)
  return outcome.output as unknown as Repairs
}

/**
 * Builds releases again that are altered or gone in the store. What was altered is kept beside it, to be looked at.
 * @throws {ClientRefusal} `REFUSED` where the sources give another release than the one that was admitted
 */
export async function restoreReleases(
  project: ConfiguredProject,
  drift: readonly Drift[],
): Promise<readonly Release[]> {
  const lost = drift.filter(({ kind }) => kind === 'release')
  const restored: Release[] = []
  for (const { service, release } of lost) {
    if (service === undefined || release === undefined) continue
    await project.store.setAside(release).catch(() => [])
    const { [service]: built } = await buildReleases(project, { services: [service] })
    if (built?.digest !== release)
      throw new ClientRefusal('REFUSED', `the sources of ${service} give another release than ${release}`, {
        fix: 'bring that release into the store with plimsoll pull, or check out the sources that it was built of',
      })
    restored.push(built)
  }
  return restored
}

function keyOf({ kind, subject }: Drift): { readonly kind: string; readonly subject: string } {
  return { kind, subject }
}

function digestOfPlan(facts: Readonly<Record<string, unknown>>): Digest {
  return digestOfJson(JSON.parse(JSON.stringify(facts)) as Json)
}
