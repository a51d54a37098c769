import type { Deployment } from '@plimsoll/architecture'
import { messageOf, PlimsollError } from '@plimsoll/base'
import { implement, type AnyService } from '@plimsoll/service'
import type { Changes } from './changes.ts'
import { controlContract } from './contract.ts'
import { lastLines } from './engines/local/log-file.ts'
import { logPath } from './engines/local/engine.ts'
import type { Folders } from './folders.ts'
import { releaseName, type Fleet } from './rollout.ts'
import type { State } from './state.ts'

export interface HandlersOptions {
  readonly fleet: Fleet
  readonly changes: Changes
  readonly state: State
  readonly folders: Folders
  readonly trustDomain: string
}

/** What keeps the control plane's contract. */
export function createHandlers({ fleet, changes, state, folders, trustDomain }: HandlersOptions): AnyService {
  return implement(controlContract, {
    operations: {
      describe: () => ({
        generation: fleet.live === undefined ? 0 : (state.live()?.number ?? 0),
        deployment: fleet.live === undefined ? null : plain(fleet.live.deployment),
        trustDomain,
        gateway: fleet.gateway ?? null,
      }),
      async change({ deployment, attestation }, { fail }) {
        try {
          return plain(await changes.change(deployment as Deployment, attestation))
        } catch (thrown) {
          return fail(codeOf(thrown), refusalOf(thrown))
        }
      },
      async rollback({ service }, { fail }) {
        try {
          const outcome = await changes.rollback(service)
          if ('needsVerdict' in outcome)
            return fail('NEEDS_VERDICT', { deployment: plain(outcome.needsVerdict) })
          return plain({ ...outcome, services: namesOf(fleet) })
        } catch (thrown) {
          return fail(codeOf(thrown, 'NOTHING_BEFORE'), refusalOf(thrown))
        }
      },
      status: () => ({
        name: fleet.live?.deployment.name ?? null,
        generation: fleet.live === undefined ? 0 : (state.live()?.number ?? 0),
        gateway: fleet.gateway ?? null,
        replicas: fleet.sets.flatMap((set) => set.replicas().map((replica) => ({ ...replica }))),
      }),
      history: ({ most }) => ({ generations: state.generations(most).map(generationOf) }),
      logs({ service, lines }, { fail }) {
        const set = fleet.sets.find(({ spec }) => spec.service === service)
        if (set === undefined) {
          const known = fleet.sets.map(({ spec }) => spec.service).join(', ')
          return fail('UNKNOWN_SERVICE', {
            code: 'UNKNOWN_SERVICE',
            message: `${service} does not run`,
            fix: `it is one of ${known}`,
          })
        }
        const replicas = Array.from({ length: set.spec.replicas }, (_, index) => index)
        return {
          lines: replicas.flatMap((index) =>
            lastLines(logPath(folders.logs, service, index), lines).map((line) => ({
              instance: `${service}/${index}`,
              line,
            })),
          ),
        }
      },
    },
  })
}

/** Without readonly and without members that are undefined: as JSON has it. */
function plain<T>(value: T): Writable<T> {
  return JSON.parse(JSON.stringify(value)) as Writable<T>
}

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T

/** A refusal is somebody's to act on; everything else did not start. */
function codeOf(thrown: unknown): 'NOT_ADMITTED' | 'NOT_STARTED'
function codeOf(thrown: unknown, nothing: 'NOTHING_BEFORE'): 'NOT_ADMITTED' | 'NOT_STARTED' | 'NOTHING_BEFORE'
function codeOf(thrown: unknown, nothing?: 'NOTHING_BEFORE') {
  if (!(thrown instanceof PlimsollError)) throw thrown
  if (nothing !== undefined && thrown.code === 'NOTHING_TO_ROLL_BACK') return nothing
  const notStarted = ['PORT_TAKEN', 'CHANGE_IN_PROGRESS', 'START', 'CLOSING'].includes(thrown.code)
  return notStarted ? 'NOT_STARTED' : 'NOT_ADMITTED'
}

function refusalOf(thrown: unknown): { code: string; message: string; fix?: string } {
  const fix = thrown instanceof PlimsollError ? thrown.fix : undefined
  const code = thrown instanceof PlimsollError ? thrown.code : 'INTERNAL'
  return {
    code,
    message: messageOf(thrown).slice(0, 2_000),
    ...(fix === undefined ? {} : { fix: fix.slice(0, 2_000) }),
  }
}

function namesOf({ live }: Fleet): Record<string, string> {
  return Object.fromEntries(
    [...(live?.releases ?? [])].map(([name, release]) => [name, releaseName(release)]),
  )
}

function generationOf({
  number,
  status,
  at,
  kind,
  deployment,
  reason,
}: ReturnType<State['generations']>[number]) {
  const services = Object.fromEntries(
    Object.entries(deployment.services).map(([name, { release }]) => [name, release]),
  )
  return { number, status, at, kind, services, ...(reason === undefined ? {} : { reason }) }
}
