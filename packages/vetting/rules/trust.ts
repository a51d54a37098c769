import {
  ofEachCall,
  type ArchitectureOperation,
  type Call,
  type CallEnds,
  type Component,
  type Fact,
  type Graph,
  type Setting,
} from '@plimsoll/architecture'
import { isAtBorder, isEmbedded, isSensitive, rankOf, runsElsewhere } from './kinds.ts'

/** A call that anybody on the way can read, and what there is to read. */
export interface PlainCall {
  readonly call: Call
  readonly encrypted: Fact<boolean>
  /** It leaves the architecture, or comes in from outside. */
  readonly border: boolean
  /** Most sensitive class that it carries, where that is worth protecting. */
  readonly dataClass?: string | undefined
  /** Kind of the credential that goes along. */
  readonly credential?: string | undefined
}

/** Ways to prove who one is that whoever reads them can use. */
const bearing = /^(?:api-?key|password|basic|bearer|token|oauth2?|openid.*|jwt|cookie|session|plaintext.*)$/i
const nobody = /^(?:none|anonymous)$/i
const loopback = /^(?:\w+:\/\/)?(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)(?:[:/]|$)/i

/** True where an address never leaves its machine. */
export function isLoopback(address: string): boolean {
  return loopback.test(address)
}

/** True where a way of authentication is none. */
export function isNobody(authentication: string): boolean {
  return nobody.test(authentication)
}

/** True where whoever sees the credential can use it. */
function isBearer(authentication: string): boolean {
  return bearing.test(authentication)
}

/** Whether a component asks callers from outside who they are: its own word, or what is known of their calls. */
export function asksWho(component: Component, graph: Graph): Fact<boolean> | undefined {
  const own = component.traits?.authenticates
  if (own !== undefined) return own
  const ways = callsFromOutside(component, graph).map(({ authentication }) => authentication)
  const open = ways.find((way) => way !== undefined && isNobody(way.value))
  if (open !== undefined) return { value: false, evidence: open.evidence }
  const [first] = ways
  if (first === undefined || ways.includes(undefined)) return undefined
  return { value: true, evidence: first.evidence }
}

/**
 * Whether something that only its neighbours call asks them for a credential. A password that it is given, or that callers use, is
 * better evidence than that nobody wrote the word.
 */
export function asksNeighbours(component: Component, graph: Graph): Fact<boolean> | undefined {
  const own = component.traits?.authenticates
  if (own?.value === true || (own !== undefined && own.evidence.how !== 'inferred')) return own
  const proof = [component.plainSecrets, component.secrets].find((names) =>
    names?.value.some((name) => password.test(name)),
  )
  if (proof !== undefined) return { value: true, evidence: proof.evidence }
  const way = graph.callsTo(component.id).find(({ authentication }) => proves(authentication))?.authentication
  return way === undefined ? own : { value: true, evidence: way.evidence }
}

const password = /pass|pwd|secret|credential/i

function proves(authentication: Fact<string> | undefined): boolean {
  return authentication !== undefined && !isNobody(authentication.value)
}

/** True where an operation asks nobody, and others of its component ask: nearly always an oversight. */
export function isForgetful({ component, authentication }: ArchitectureOperation, graph: Graph): boolean {
  if (authentication === undefined || !isNobody(authentication.value)) return false
  return graph.once(askingComponents).has(component)
}

function askingComponents({ architecture: { operations } }: Graph): ReadonlySet<string> {
  return new Set(
    operations.filter(({ authentication }) => proves(authentication)).map(({ component }) => component),
  )
}

/** True where the words of an operation say that it lets people in: who logs in, or makes an account, has no credential yet. */
export function opensTheDoor({ name, http }: ArchitectureOperation): boolean {
  return doors.test(`${name} ${http?.value ?? ''}`)
}

const doors = /log-?in|sign-?(?:in|up)|register|registration|\btokens?\b|oauth|callback|password-?reset/i

/** Calls of clients and externals to a component or its operations. */
function callsFromOutside({ id }: Component, graph: Graph): readonly Call[] {
  return [id, ...graph.operationsOf(id).map((operation) => operation.id)]
    .flatMap((target) => graph.callsTo(target))
    .filter(({ from }) => {
      const caller = graph.ownerOf(from)
      return caller !== undefined && runsElsewhere(caller)
    })
}

/** Data classes that go along with a call, in either direction. */
export function classesOf(
  { to, sends }: Call,
  { operation, callee }: Pick<CallEnds, 'operation' | 'callee'>,
): readonly string[] {
  const held = callee?.id === to ? callee.holds : undefined
  return [sends, operation?.dataIn, operation?.dataOut, held].flatMap((fact) => fact?.value ?? [])
}

/** The most sensitive class among some, where it is worth protecting. */
export function worstClass(classes: readonly string[], graph: Setting): string | undefined {
  return classes
    .filter((dataClass) => isSensitive(graph, dataClass))
    .toSorted((a, b) => rankOf(graph, b) - rankOf(graph, a) || (a < b ? -1 : 1))[0]
}

/** Every call that is known to be unencrypted on a network, once; rules share them out among themselves. */
export const plainCalls = ofEachCall((call, ends): PlainCall | undefined => {
  const { caller, callee } = ends
  if (call.encrypted?.value !== false || caller === undefined || callee === undefined) return undefined
  if (!passesNetwork(caller, callee)) return undefined
  const kind = call.authentication?.value ?? ''
  return {
    call,
    encrypted: call.encrypted,
    border: isAtBorder(ends),
    dataClass: worstClass(classesOf(call, ends), ends),
    credential: isBearer(kind) ? kind : undefined,
  }
})

function passesNetwork(caller: Component, callee: Component): boolean {
  return caller !== callee && !isEmbedded(callee) && !isLoopback(callee.address?.value ?? '')
}
