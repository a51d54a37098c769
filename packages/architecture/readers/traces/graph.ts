import type { Notes } from '../field.ts'
import type { ArchitecturePart } from '../reader.ts'
import { Observed, type SeenFacts } from './observed.ts'
import { SeenOperations } from './operations.ts'
import type { Span } from './span.ts'
import { encryptedOf, protocolOf, targetOf } from './target.ts'

/** Spans of one reading. A million take some 150 MB here, one number for each. */
const mostSpans = 1_000_000

/** What is kept of a span: the number of its service, and whether it hands over to a broker. */
interface SpanIndex {
  readonly services: readonly string[]
  /** By span: twice the number of its service, and one more for a producer. */
  readonly spans: ReadonlyMap<string, number>
}

/**
 * What spans tell of an architecture: who called whom, how often. The spans are walked over three times and never kept. Times in
 * them are not looked at: clocks of different machines disagree.
 */
export function graphOfSpans(spans: () => Iterable<Span>, notes: Notes): ArchitecturePart {
  const observed = new Observed(notes)
  const operations = new SeenOperations(notes)
  const bounded = () => upTo(mostSpans, spans(), notes)
  const index = indexOf(bounded(), observed)
  const answered = seeHops(bounded(), index, { observed, operations })
  seeTargets(bounded(), answered, observed)
  return {
    components: observed.components(),
    operations: operations.all(),
    calls: observed.calls(),
    notes: notes.all(),
  }
}

function* upTo(most: number, spans: Iterable<Span>, notes: Notes): Generator<Span> {
  let count = 0
  for (const span of spans) {
    count += 1
    if (count > most) {
      notes.add(`more than ${most} spans; the rest is not used`, span.evidence())
      return
    }
    yield span
  }
}

function indexOf(spans: Iterable<Span>, observed: Observed): SpanIndex {
  const numbers = new Map<string, number>()
  const index = new Map<string, number>()
  for (const span of spans) {
    const { id, service, kind } = span
    let number = numbers.get(service)
    if (number === undefined) {
      number = numbers.size
      numbers.set(service, number)
      observed.service(service, span.evidence())
    }
    index.set(id, number * 2 + (kind === 'producer' ? 1 : 0))
  }
  return { services: [...numbers.keys()], spans: index }
}

interface Seen {
  readonly observed: Observed
  readonly operations: SeenOperations
}

/** Calls from one service to another, each where a span of one caused a span of the other. Gives the spans that were so answered. */
function seeHops(
  spans: Iterable<Span>,
  index: SpanIndex,
  { observed, operations }: Seen,
): ReadonlySet<string> {
  const answered = new Set<string>()
  for (const span of spans) {
    if (span.kind === 'server') operations.add(span)
    for (const cause of span.causes) {
      const packed = index.spans.get(cause)
      const from = packed === undefined ? undefined : index.services[packed >> 1]
      if (packed === undefined || from === undefined || from === span.service) continue
      const message = packed % 2 === 1 || span.kind === 'consumer'
      answered.add(cause)
      const through = message ? targetOf(span)?.id : undefined
      observed.call({ from, to: span.service, through }, factsOf(span, message), span.evidence)
    }
  }
  return answered
}

/** Calls to what sends no spans: stores, brokers, systems of others. */
function seeTargets(spans: Iterable<Span>, answered: ReadonlySet<string>, observed: Observed): void {
  for (const span of spans) {
    if (span.kind !== 'client' && span.kind !== 'producer' && span.kind !== 'consumer') continue
    const target = targetOf(span)
    if (target === undefined || target.id === span.service) continue
    const message = target.kind === 'broker' || span.kind !== 'client'
    if (answered.has(span.id) && !message) continue
    observed.target(target, span.evidence)
    observed.call(
      { from: span.service, to: target.id, through: undefined },
      factsOf(span, message),
      span.evidence,
    )
  }
}

function factsOf(span: Span, message: boolean): SeenFacts {
  return { synchronous: !message, protocol: protocolOf(span), encrypted: encryptedOf(span) }
}
