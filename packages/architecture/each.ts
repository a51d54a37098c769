import type { ListChange } from './change.ts'
import {
  concernedCalls,
  concernedComponents,
  concernedOperations,
  placesOf,
  type Concerned,
  type Places,
} from './concerned-parts.ts'
import type { Analysis, Earlier, Graph } from './graph.ts'
import type { Architecture, ArchitectureOperation, Call, Component } from './model.ts'

/** What every question may know beside its part: facts of the architecture, not of its parts. */
export interface Setting {
  readonly architecture: Pick<Architecture, 'dataClasses' | 'zones'>
}

/** A call and what stands at its ends; absent where nobody knows the id. */
export interface CallEnds extends Setting {
  readonly caller: Component | undefined
  readonly callee: Component | undefined
  /** The operation that is called, where that is known. */
  readonly operation: ArchitectureOperation | undefined
}

/**
 * What a question about one component may look at: the component, its operations, the calls of both, and the operation and
 * component at the other end of each of these calls, with their own facts. Nothing further away: the answer is kept while these
 * stay the same.
 */
export type Neighbourhood = Setting &
  Pick<Graph, 'component' | 'operation' | 'ownerOf' | 'operationsOf' | 'callsFrom' | 'callsTo' | 'callsOf'>

/** The answers about all parts of a kind that have one, in the order of the list, and their places in it. */
interface Kept<Answer> {
  readonly answers: readonly Answer[]
  readonly places: readonly number[]
}

/** How one kind of part is asked, and which of them a change can concern. */
interface Asking<Part, Answer> {
  parts(graph: Graph): readonly Part[]
  change(earlier: Earlier): ListChange<Part>
  /** Places of the parts of which something that a question may look at changed: in a list before, and in the one after. */
  concerned(graph: Graph, earlier: Earlier): Concerned
  ask(part: Part, graph: Graph): Answer | undefined
}

/**
 * Asks the same of every call; the question sees the call and its two ends, and nothing else. A revision asks again only of
 * calls that changed, or whose ends did.
 */
export function ofEachCall<Answer>(
  question: (call: Call, ends: CallEnds) => Answer | undefined,
): Analysis<readonly Answer[]> {
  return ofEach({
    parts: ({ architecture: { calls } }) => calls,
    change: ({ change }) => change.calls,
    concerned: (graph, earlier) => concernedCalls(graph, earlier),
    ask: (call, graph) => question(call, endsOf(call, graph)),
  })
}

function endsOf({ from, to }: Call, graph: Graph): CallEnds {
  return {
    architecture: graph.architecture,
    caller: graph.ownerOf(from),
    callee: graph.ownerOf(to),
    operation: graph.operation(to),
  }
}

/**
 * Asks the same of every component; the question looks at most at its neighbourhood. A revision asks again only where
 * something in it changed.
 */
export function ofEachComponent<Answer>(
  question: (component: Component, near: Neighbourhood) => Answer | undefined,
): Analysis<readonly Answer[]> {
  return ofEach({
    parts: ({ architecture: { components } }) => components,
    change: ({ change }) => change.components,
    concerned: (graph, earlier) => concernedComponents(graph, earlier),
    ask: question,
  })
}

/** The same, of a question that looks at the facts of the component alone. */
export function ofComponentsAlone<Answer>(
  question: (component: Component, setting: Setting) => Answer | undefined,
): Analysis<readonly Answer[]> {
  return ofEach({
    parts: ({ architecture: { components } }) => components,
    change: ({ change }) => change.components,
    concerned: (_, { change }) => placesOf(change.components),
    ask: question,
  })
}

/** Asks the same of every operation; the question looks at most at the neighbourhood of its component. */
export function ofEachOperation<Answer>(
  question: (operation: ArchitectureOperation, near: Neighbourhood) => Answer | undefined,
): Analysis<readonly Answer[]> {
  return ofEach({
    parts: ({ architecture: { operations } }) => operations,
    change: ({ change }) => change.operations,
    concerned: (graph, earlier) => concernedOperations(graph, earlier),
    ask: question,
  })
}

function ofEach<Part, Answer>(asking: Asking<Part, Answer>): Analysis<readonly Answer[]> {
  const all = (graph: Graph): Kept<Answer> => {
    const answers: Answer[] = []
    const places: number[] = []
    for (const [place, part] of asking.parts(graph).entries()) {
      const answer = asking.ask(part, graph)
      if (answer === undefined) continue
      answers.push(answer)
      places.push(place)
    }
    return { answers, places }
  }
  const kept: Analysis<Kept<Answer>> = Object.assign((graph: Graph) => all(graph), {
    revise: (previous: Kept<Answer>, graph: Graph, earlier: Earlier) =>
      isSettingKept(graph, earlier) ? revised(previous, asking, graph, earlier) : all(graph),
  })
  return (graph) => graph.once(kept).answers
}

function isSettingKept({ architecture }: Graph, { graph }: Earlier): boolean {
  const { dataClasses, zones } = graph.architecture
  return architecture.dataClasses === dataClasses && architecture.zones === zones
}

// oxlint-disable-next-line max-params -- the first three are what every revision gets
function revised<Part, Answer>(
  previous: Kept<Answer>,
  asking: Asking<Part, Answer>,
  graph: Graph,
  earlier: Earlier,
): Kept<Answer> {
  const { before, after } = asking.concerned(graph, earlier)
  const parts = asking.parts(graph)
  const fresh = after.flatMap((place) => {
    const answer = asking.ask(parts[place] as Part, graph)
    return answer === undefined ? [] : [{ place, answer }]
  })
  const staying = withoutPlaces(previous, before)
  const placeAfter = shifting(asking.change(earlier))
  const old = isOnlyLonger(asking.change(earlier), staying.places)
    ? staying
    : { answers: staying.answers, places: staying.places.map(placeAfter) }
  const now = fresh.length === 0 ? old : merged(old, fresh)
  return isSameList(now.answers, previous.answers) ? { ...now, answers: previous.answers } : now
}

/** What is left when the answers of some places are taken out. */
function withoutPlaces<Answer>(kept: Kept<Answer>, gone: Places): Kept<Answer> {
  const lost = new Set(gone.filter((place) => isAmong(kept.places, place)))
  if (lost.size === 0) return kept
  return {
    answers: kept.answers.filter((_, at) => !lost.has(kept.places[at] ?? -1)),
    places: kept.places.filter((place) => !lost.has(place)),
  }
}

/** By halving: the places ascend. */
function isAmong(places: Places, place: number): boolean {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0) < place) low = middle + 1
    else high = middle
  }
  return places[low] === place
}

/** True where nothing moved: all that is new stands behind all that is kept. */
function isOnlyLonger<Part>({ removed, added }: ListChange<Part>, places: Places): boolean {
  return removed.length === 0 && (added[0]?.place ?? Infinity) > (places.at(-1) ?? -1)
}

function merged<Answer>(
  { answers, places }: Kept<Answer>,
  fresh: readonly { readonly place: number; readonly answer: Answer }[],
): Kept<Answer> {
  const all = { answers: [] as Answer[], places: [] as number[] }
  let at = 0
  for (const { place, answer } of [...fresh, undefined].map(
    (each) => each ?? { place: Infinity, answer: undefined },
  )) {
    for (; at < places.length && (places[at] ?? 0) < place; at += 1) {
      all.answers.push(answers[at] as Answer)
      all.places.push(places[at] ?? 0)
    }
    if (place === Infinity) continue
    all.answers.push(answer as Answer)
    all.places.push(place)
  }
  return all
}

function isSameList(list: readonly unknown[], other: readonly unknown[]): boolean {
  return list === other || (list.length === other.length && list.every((item, at) => item === other[at]))
}

/** An analysis that is always asked anew, and whose answer stays the same object where it has the same items. */
export function cutOff<Item>(analysis: (graph: Graph) => readonly Item[]): Analysis<readonly Item[]> {
  return Object.assign((graph: Graph) => analysis(graph), {
    revise: (previous: readonly Item[], graph: Graph) => {
      const now = analysis(graph)
      return isSameList(previous, now) ? previous : now
    },
  })
}

/** Where a part of the earlier list stands in the later one; to be asked in ascending order. */
function shifting<Part>({ removed, added }: ListChange<Part>): (place: number) => number {
  let [lost, won] = [0, 0]
  return (place) => {
    while (lost < removed.length && (removed[lost]?.place ?? 0) < place) lost += 1
    while (won < added.length && (added[won]?.place ?? 0) <= place - lost + won) won += 1
    return place - lost + won
  }
}
