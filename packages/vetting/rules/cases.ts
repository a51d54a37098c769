import {
  ofEachCall,
  type Analysis,
  type ArchitectureOperation,
  type Call,
  type CallEnds,
  type Component,
  type Evidence,
  type Fact,
  type Graph,
} from '@plimsoll/architecture'
import type { PathStep, Unknown, Weakness } from '../finding.ts'
import { listed, listedOf } from './path.ts'

/** One place that has a weakness which other places may have too. */
export interface Case {
  /** Component or operation, or a call as `a -> b`. */
  readonly id: string
  /** What is the matter there, in a few words. */
  readonly note?: string | undefined
  /** Tells cases of the same place apart: names, never figures. */
  readonly detail?: string | undefined
  readonly evidence: Evidence
}

/** How a rule speaks of its cases. */
export interface Telling
  extends Pick<Weakness, 'severity' | 'identity'>, Partial<Pick<Weakness, 'path' | 'subject'>> {
  /** One sentence; `names` lists the places, with what is the matter at each. */
  readonly message: (names: string, count: number) => string
  /** The smallest change; `first` is a case, which tells the format. */
  readonly fix: (names: string, first: Case) => string
}

/** What is known, asked of several parts. */
export interface Weighed {
  readonly cases: readonly Case[]
  /** Ids of the parts of which the fact is not known. */
  readonly unknown: readonly string[]
}

type Part = Component | ArchitectureOperation | Call

/** How a fact of one part is judged: true, or words for what is the matter, where it is a weakness. */
export interface Question<Asked extends Part, Value> {
  fact(part: Asked): Fact<Value> | undefined
  bad(value: Value, part: Asked): boolean | string
}

const mostNames = 6
const mostNotes = 2
const mostEvidence = 100

/** Asks the same of all parts. What is not known is neither a case nor fine. */
export function weigh<Asked extends Part, Value>(
  parts: readonly Asked[],
  question: Question<Asked, Value>,
): Weighed {
  const cases: Case[] = []
  const unknown: string[] = []
  for (const part of parts) {
    const fact = question.fact(part)
    if (fact === undefined) {
      unknown.push(nameOf(part))
      continue
    }
    const bad = question.bad(fact.value, part)
    if (bad === false) continue
    const words = bad === true ? {} : { note: bad, detail: bad }
    cases.push({ id: nameOf(part), evidence: fact.evidence, ...words })
  }
  return { cases, unknown }
}

/** How a fact of every call of a kind is judged. The question sees the call and its ends alone. */
export interface CallQuestion<Value> {
  /** Is it about this call? */
  of(call: Call, ends: CallEnds): boolean
  fact(call: Call, ends: CallEnds): Fact<Value> | undefined
  bad(value: Value, call: Call): boolean | string
}

export interface WeighedCalls extends Weighed {
  /** How many calls it is about. */
  readonly asked: number
}

const fine = Symbol('neither a case nor unknown')

/** `weigh` over calls, as an analysis: what one revision answered, the next one asks only of the calls that it changes. */
export function weighCalls<Value>(question: CallQuestion<Value>): Analysis<WeighedCalls> {
  const each = ofEachCall((call, ends): Case | string | typeof fine | undefined => {
    if (!question.of(call, ends)) return undefined
    const fact = question.fact(call, ends)
    if (fact === undefined) return nameOf(call)
    const bad = question.bad(fact.value, call)
    if (bad === false) return fine
    const words = bad === true ? {} : { note: bad, detail: bad }
    return { id: nameOf(call), evidence: fact.evidence, ...words }
  })
  const whole = (graph: Graph): WeighedCalls => {
    const answers = graph.once(each)
    const cases: Case[] = []
    const unknown: string[] = []
    for (const answer of answers) {
      if (typeof answer === 'string') unknown.push(answer)
      else if (answer !== fine) cases.push(answer)
    }
    return { cases, unknown, asked: answers.length }
  }
  return Object.assign((graph: Graph) => whole(graph), {
    revise: (previous: WeighedCalls, graph: Graph): WeighedCalls => {
      const now = whole(graph)
      const isKept =
        now.asked === previous.asked &&
        isSame(now.cases, previous.cases) &&
        isSame(now.unknown, previous.unknown)
      return isKept ? previous : now
    },
  })
}

function isSame(list: readonly unknown[], other: readonly unknown[]): boolean {
  return list.length === other.length && list.every((item, at) => item === other[at])
}

/** How people name a part; a call by its two ends. */
export function nameOf(part: Part): string {
  return 'from' in part ? `${part.from} -> ${part.to}` : part.id
}

/** One habit is one finding, however many places have it; a further place makes it a new one. */
export function together(graph: Graph, cases: readonly Case[], telling: Telling): readonly Weakness[] {
  const sorted = cases.toSorted((a, b) => compare(memberOf(a), memberOf(b)))
  const [first] = sorted
  if (first === undefined) return []
  const byId = Map.groupBy(sorted, ({ id }) => id)
  const ids = [...byId.keys()]
  const noted = [...byId].map(([id, its]) => named(id, its))
  const { message, fix, path = stepsOf(sorted), subject, identity, severity } = telling
  return [
    {
      subject: subject ?? (ids.length === 1 ? first.id : graph.architecture.name),
      message: message(listed(noted, mostNames), ids.length),
      path,
      evidence: sorted.slice(0, mostEvidence).map(({ evidence }) => evidence),
      fix: fix(listed(ids, mostNames), first),
      members: [...new Set(sorted.map(memberOf))],
      ...(severity === undefined ? {} : { severity }),
      ...(identity === undefined ? {} : { identity }),
    },
  ]
}

/** What is not known, one entry for each cause. */
export function notEvidenced(
  graph: Graph,
  ids: readonly string[],
  message: (names: string, count: number) => string,
): readonly Omit<Unknown, 'rule'>[] {
  const distinct = new Set(ids)
  const first = leastOf(distinct, mostNames)
  const [only] = first
  if (only === undefined) return []
  const subject = distinct.size === 1 ? only : graph.architecture.name
  return [{ subject, message: message(listedOf(first, distinct.size, mostNames), distinct.size) }]
}

/** The first so many in their order: of thousands, nobody reads more. */
function leastOf(names: ReadonlySet<string>, most: number): readonly string[] {
  const least: string[] = []
  for (const name of names) {
    const last = least.at(-1)
    if (least.length === most && last !== undefined && name >= last) continue
    const at = least.findIndex((other) => name < other)
    least.splice(at === -1 ? least.length : at, 0, name)
    if (least.length > most) least.pop()
  }
  return least
}

function named(id: string, cases: readonly Case[]): string {
  const notes = new Set(cases.map(({ note }) => note).filter((note) => note !== undefined))
  return notes.size === 0 ? id : `${id} (${listed([...notes], mostNotes)})`
}

function memberOf({ id, detail }: Case): string {
  return detail === undefined ? id : `${id}: ${detail}`
}

/** The ends of a call, or the places side by side. */
function stepsOf(cases: readonly Case[]): readonly PathStep[] {
  const [first] = cases
  const ends = cases.length === 1 ? (first?.id.split(' -> ') ?? []) : []
  const [from, to] = ends
  if (first !== undefined && from !== undefined && to !== undefined) {
    return [{ id: from }, { id: to, note: first.note ?? 'is called', evidence: first.evidence }]
  }
  return cases.slice(0, mostNames).map(({ id, note, evidence }) => ({ id, note, evidence }))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
