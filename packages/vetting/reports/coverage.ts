import type { Architecture, ArchitectureOperation, Call, Component } from '@plimsoll/architecture'

/** How many of the questions about one kind of fact the files answer. */
interface Seen {
  /** Such as `redundancy`. */
  readonly about: string
  readonly known: number
  /** Of the known: concluded from something else that is declared. */
  readonly inferred: number
  readonly asked: number
}

/** How much of an architecture could be seen. What could not be is not counted as fine. */
export interface Coverage {
  readonly known: number
  readonly asked: number
  readonly kinds: readonly Seen[]
}

type ComponentMember = Exclude<
  keyof Component,
  'id' | 'kind' | 'release' | 'evidence' | 'traits' | 'hardening'
>
type OperationMember = Exclude<keyof ArchitectureOperation, 'id' | 'component' | 'name' | 'evidence'>
type CallMember = Exclude<keyof Call, 'from' | 'to' | 'evidence'>

interface Kind {
  readonly about: string
  readonly component?: readonly ComponentMember[]
  readonly hardening?: readonly (keyof NonNullable<Component['hardening']>)[]
  readonly operation?: readonly OperationMember[]
  readonly call?: readonly CallMember[]
}

/** Facts that the rules ask for, of every part that can have them. */
const kinds: readonly Kind[] = [
  { about: 'redundancy', component: ['replicas', 'hosts', 'restarts'], call: ['required', 'synchronous'] },
  {
    about: 'time and retries',
    operation: ['deadlineMs', 'idempotent'],
    call: ['timeoutMs', 'attempts', 'circuitBreaker'],
  },
  {
    about: 'who may call',
    operation: ['access', 'authentication', 'authorised'],
    call: ['authentication', 'authorised', 'carries'],
  },
  { about: 'encryption', call: ['protocol', 'encrypted'] },
  { about: 'data', operation: ['dataIn', 'dataOut'] },
  {
    about: 'walls',
    hardening: ['privileged', 'root', 'writableRoot', 'capabilitiesDropped', 'processorLimit', 'memoryLimit'],
  },
  { about: 'network', component: ['published', 'networks', 'ingressLimited', 'egressLimited'] },
  { about: 'operation', component: ['liveness', 'readiness', 'owner', 'image'] },
]

/** The share of facts that are known, for each kind of fact. Externals and clients are not asked how they are run. */
export function coverageOf(architecture: Architecture): Coverage {
  const run = architecture.components.filter(
    ({ kind }) => kind.value !== 'external' && kind.value !== 'client',
  )
  const seen = kinds.map((kind) => seenOf(kind, architecture, run)).filter(({ asked }) => asked > 0)
  return { known: sum(seen, 'known'), asked: sum(seen, 'asked'), kinds: seen }
}

function seenOf(kind: Kind, { operations, calls }: Architecture, components: readonly Component[]): Seen {
  const facts = [
    ...factsOf(components, kind.component),
    ...factsOf(
      components.map(({ hardening = {} }) => hardening),
      kind.hardening,
    ),
    ...factsOf(operations, kind.operation),
    ...factsOf(calls, kind.call),
  ]
  const known = facts.filter((fact) => fact !== undefined)
  const inferred = known.filter((fact) => fact.evidence.how === 'inferred')
  return { about: kind.about, known: known.length, inferred: inferred.length, asked: facts.length }
}

interface AnyFact {
  readonly evidence: { readonly how?: string | undefined }
}

function factsOf<Part extends object>(
  parts: readonly Part[],
  members: readonly (keyof Part)[] = [],
): readonly (AnyFact | undefined)[] {
  return parts.flatMap((part) => members.map((member) => part[member] as AnyFact | undefined))
}

function sum(seen: readonly Seen[], member: 'known' | 'asked'): number {
  return seen.reduce((total, one) => total + one[member], 0)
}
