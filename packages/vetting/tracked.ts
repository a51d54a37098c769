import type { Analysis, Architecture, Graph } from '@plimsoll/architecture'

/** What somebody read of a graph. */
export interface Reads {
  /** True where a later revision would have given the same answer to every one of these reads. */
  isSameIn(graph: Graph): boolean
}

/** More single look-ups than this are not worth comparing. */
const mostLookups = 2000

type Lookup = Exclude<keyof Graph, 'architecture' | 'once' | 'known'>

interface ReadRecord {
  readonly members: Map<keyof Architecture, unknown>
  readonly analyses: Map<Analysis<unknown>, unknown>
  readonly lookups: Map<Lookup, Map<string, unknown>>
  count: number
}

/**
 * A view of a graph that remembers what is read through it. What a rule rests on is so never declared, and cannot be
 * declared wrongly: a rule that reads the same answers again says the same again, because it is a function of its graph
 * (Acar, Self-Adjusting Computation, 2005; the early cut-off of Mokhov et al., Build Systems à la Carte, 2018).
 */
export function tracked(graph: Graph): { readonly view: Graph; readonly reads: Reads } {
  const record: ReadRecord = { members: new Map(), analyses: new Map(), lookups: new Map(), count: 0 }
  const architecture = watchedMembers(graph.architecture, record)
  const lookedUp =
    <Answer>(kind: Lookup, ask: (id: string) => Answer) =>
    (id: string): Answer => {
      const answer = ask(id)
      remember(kind, id, answer, record)
      return answer
    }
  const view: Graph = {
    architecture,
    once: (analysis) => {
      const answer = graph.once(analysis)
      record.analyses.set(analysis as Analysis<unknown>, answer)
      return answer
    },
    known: () => undefined,
    component: lookedUp('component', (id) => graph.component(id)),
    operation: lookedUp('operation', (id) => graph.operation(id)),
    ownerOf: lookedUp('ownerOf', (id) => graph.ownerOf(id)),
    operationsOf: lookedUp('operationsOf', (id) => graph.operationsOf(id)),
    callsFrom: lookedUp('callsFrom', (id) => graph.callsFrom(id)),
    callsTo: lookedUp('callsTo', (id) => graph.callsTo(id)),
    // Put together anew each time: its parts are what was read.
    callsOf: (id) => {
      const operation = view.operation(id)
      const own = view.callsFrom(id)
      return operation === undefined ? own : [...own, ...view.callsFrom(operation.component)]
    },
  }
  return { view, reads: { isSameIn: (later) => isSame(record, later) } }
}

function watchedMembers(architecture: Architecture, { members }: ReadRecord): Architecture {
  const watched = {}
  for (const key of Object.keys(architecture) as (keyof Architecture)[])
    Object.defineProperty(watched, key, {
      enumerable: true,
      get: () => {
        members.set(key, architecture[key])
        return architecture[key]
      },
    })
  return watched as Architecture
}

// oxlint-disable-next-line max-params -- one read: what was asked, of what, the answer, and where it is kept
function remember(kind: Lookup, id: string, answer: unknown, record: ReadRecord): void {
  if (record.count > mostLookups) return
  record.count += 1
  const known = record.lookups.get(kind)
  if (known === undefined) record.lookups.set(kind, new Map([[id, answer]]))
  else known.set(id, answer)
}

function isSame({ members, analyses, lookups, count }: ReadRecord, later: Graph): boolean {
  if (count > mostLookups) return false
  for (const [key, value] of members) if (later.architecture[key] !== value) return false
  for (const [kind, answers] of lookups)
    for (const [id, answer] of answers) if (later[kind](id) !== answer) return false
  for (const [analysis, answer] of analyses) if (later.once(analysis) !== answer) return false
  return true
}
