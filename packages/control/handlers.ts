import type { Deployment } from '@plimsoll/architecture'
import { digestOfJson, PlimsollError, type Json } from '@plimsoll/base'
import { implement, type AnyService } from '@plimsoll/service'
import type * as z from 'zod'
import { plain, refusalOf } from './answers.ts'
import { createAuthorityHandlers } from './authority-handlers.ts'
import { audited } from './audit/audited.ts'
import type { BreakGlass } from './break-glass.ts'
import type { Changes } from './changes.ts'
import { controlContract } from './contract.ts'
import { lastLines } from './engines/local/log-file.ts'
import { logPath } from './engines/local/engine.ts'
import type { Folders } from './folders.ts'
import { createRepairHandlers } from './repair-handlers.ts'
import type { Fleet } from './rollout.ts'
import { releaseName } from './workload-specs.ts'
import type { Rotations } from './rotation.ts'
import type { State } from './state.ts'
import type { FleetTelemetry } from './telemetry/fleet-telemetry.ts'
import { shownSpan } from './telemetry/shown-span.ts'
import { selectTraces } from './telemetry/traces.ts'

type JsonOutput = z.core.util.JSONType

export interface HandlersOptions {
  readonly fleet: Fleet
  readonly telemetry: FleetTelemetry
  readonly changes: Changes
  readonly rotations: Rotations
  readonly state: State
  readonly folders: Folders
  readonly trustDomain: string
}

/** What keeps the control plane's contract. */
export function createHandlers(options: HandlersOptions): AnyService {
  const { fleet, telemetry, changes, rotations, state, trustDomain } = options
  return implement(controlContract, {
    operations: {
      describe: () => ({
        generation: fleet.live === undefined ? 0 : (state.live()?.number ?? 0),
        deployment: fleet.live === undefined ? null : plain(fleet.live.deployment),
        trustDomain,
        environment: changes.trust.environment,
        gateway: fleet.gateway ?? null,
      }),
      async change(wanted, { fail, caller }) {
        try {
          return plain(await change(options, wanted as unknown as WantedChange, caller.id))
        } catch (thrown) {
          return fail(codeOf(thrown), refusalOf(thrown))
        }
      },
      async rollback({ service }, { fail, caller }) {
        try {
          const about = { who: caller.id, act: 'rollback', facts: { service: service ?? null } }
          const outcome = await audited(state.audit, about, () => changes.rollback(service), aboutRollback)
          if ('needsVerdict' in outcome)
            return fail('NEEDS_VERDICT', { deployment: plain(outcome.needsVerdict) })
          return plain({ ...outcome, services: namesOf(fleet) })
        } catch (thrown) {
          return fail(codeOf(thrown, 'NOTHING_BEFORE'), refusalOf(thrown))
        }
      },
      ...createRepairHandlers({ changes, state }),
      status: () => ({
        name: fleet.live?.deployment.name ?? null,
        generation: fleet.live === undefined ? 0 : (state.live()?.number ?? 0),
        gateway: fleet.gateway ?? null,
        replicas: fleet.sets.flatMap((set) => set.replicas().map((replica) => ({ ...replica }))),
        walls: fleet.walls.map((wall) => ({ ...wall })),
        breakGlass: standingBreakGlass(fleet, state),
        canary: changes.canary === undefined ? null : plain(changes.canary.status()),
      }),
      audit: ({ most }) => ({
        entries: state.audit.newest(most).map((entry) => ({ ...entry, facts: copyOf(entry.facts) })),
        head: state.audit.head(),
      }),
      history: ({ most }) => ({ generations: state.generations(most).map(generationOf) }),
      ...createAuthorityHandlers({ rotations, state }),
      traces: async (wanted) => tracesOf(selectTraces(await telemetry.spans(), wanted)),
      logs: ({ service, lines }, { fail }) =>
        logsOf(options, service, lines) ?? fail('UNKNOWN_SERVICE', unknownService(fleet, service)),
    },
  })
}

interface WantedChange {
  readonly deployment: Deployment
  readonly attestation: unknown
  readonly breakGlass?: BreakGlass
  readonly canary?: string
  /** The generation that it was planned for. */
  readonly generation?: number
}

/** A change, written down under its own name where somebody answers for what the gate refuses. */
function change({ state, changes }: HandlersOptions, wanted: WantedChange, operator: string) {
  const { deployment, attestation, breakGlass, canary, generation } = wanted
  const act = breakGlass === undefined ? 'change' : 'break-glass'
  const facts = { ...aboutChange(deployment, attestation), ...breakGlass, canary: canary ?? null }
  const answering = breakGlass && { breakGlass, operator }
  return audited(
    state.audit,
    { who: operator, act, facts },
    () => changes.change(deployment, attestation, { answering, steps: canary, expected: generation }),
    plain,
  )
}

/** What runs, or may be started, although the gate refused it. */
function standingBreakGlass({ live }: Fleet, { breakGlass }: State) {
  const running = new Set([...(live?.releases.values() ?? [])].map(({ digest }) => digest))
  return breakGlass
    .standing(running)
    .map(({ person, reason, expires, operator, at, candidate, expired }) => ({
      person,
      reason,
      expires,
      operator,
      at,
      expired,
      services: Object.keys(candidate),
    }))
}

function tracesOf(traces: ReturnType<typeof selectTraces>) {
  return { traces: traces.map(({ traceId, spans }) => ({ traceId, spans: spans.map(shownSpan) })) }
}

/** The last lines of each replica of a service; undefined where it does not run. */
function logsOf({ fleet, folders }: HandlersOptions, service: string, lines: number) {
  const set = fleet.sets.find(({ spec }) => spec.service === service)
  if (set === undefined) return undefined
  const replicas = Array.from({ length: set.spec.replicas }, (_, index) => index)
  return {
    lines: replicas.flatMap((index) =>
      lastLines(logPath(folders.logs, service, index), lines).map((line) => ({
        instance: `${service}/${index}`,
        line,
      })),
    ),
  }
}

function unknownService(fleet: Fleet, service: string) {
  const known = fleet.sets.map(({ spec }) => spec.service).join(', ')
  return { code: 'UNKNOWN_SERVICE', message: `${service} does not run`, fix: `it is one of ${known}` }
}

function copyOf(facts: Json): JsonOutput {
  return JSON.parse(JSON.stringify(facts)) as JsonOutput
}

/** What a change is about: the releases and the verdict that it rests on, by their digests. */
function aboutChange({ services }: Deployment, attestation: unknown): { readonly [name: string]: Json } {
  return {
    releases: Object.fromEntries(Object.entries(services).map(([name, { release }]) => [name, release])),
    attestation: digestOfJson(attestation),
  }
}

function aboutRollback(outcome: Awaited<ReturnType<Changes['rollback']>>): Json {
  return 'needsVerdict' in outcome ? { needsVerdict: true } : plain(outcome)
}

/** A refusal is somebody's to act on; everything else did not start. */
function codeOf(thrown: unknown): 'NOT_ADMITTED' | 'NOT_STARTED'
function codeOf(thrown: unknown, nothing: 'NOTHING_BEFORE'): 'NOT_ADMITTED' | 'NOT_STARTED' | 'NOTHING_BEFORE'
function codeOf(thrown: unknown, nothing?: 'NOTHING_BEFORE') {
  if (!(thrown instanceof PlimsollError)) throw thrown
  if (nothing !== undefined && thrown.code === 'NOTHING_TO_ROLL_BACK') return nothing
  const notStarted = ['PORT_TAKEN', 'CHANGE_IN_PROGRESS', 'START', 'CLOSING'].includes(thrown.code)
  return notStarted ? 'NOT_STARTED' : 'NOT_ADMITTED'
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
