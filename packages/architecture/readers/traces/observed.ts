import type { Call, Component, Evidence, Fact } from '../../model.ts'
import type { Notes } from '../field.ts'
import type { Target } from './target.ts'

/** More parts than people have services: names with numbers in them, or an attack. */
const mostComponents = 2_000
const mostCalls = 20_000

/** One call that was seen, with how often. */
interface SeenCall {
  readonly from: string
  readonly to: string
  readonly through: string | undefined
  readonly evidence: Evidence
  times: number
  synchronous: boolean
  protocol: string | undefined
  /** False as soon as one was not. */
  encrypted: boolean | undefined
}

export type SeenFacts = Pick<SeenCall, 'synchronous' | 'protocol' | 'encrypted'>

/** Counts what was seen; knows nothing of spans. */
export class Observed {
  readonly #components = new Map<string, Component>()
  readonly #calls = new Map<string, SeenCall>()
  readonly #notes: Notes

  constructor(notes: Notes) {
    this.#notes = notes
  }

  service(id: string, evidence: Evidence): void {
    this.#component({ id, kind: { value: 'service', evidence: { ...evidence, how: 'inferred' } }, evidence })
  }

  /** Something that answers without telling of itself. What is known as a service stays one. */
  target({ id, kind, technology, address }: Target, at: () => Evidence): void {
    if (this.#components.has(id)) return
    const evidence = at()
    const inferred: Evidence = { ...evidence, how: 'inferred' }
    const fact = (value: string): Fact<string> => ({ value, evidence: inferred })
    this.#component({
      id,
      kind: { value: kind, evidence: inferred },
      ...(technology === undefined ? {} : { technology: fact(technology) }),
      ...(address === undefined || kind !== 'external' ? {} : { address: fact(address) }),
      evidence,
    })
  }

  call(ends: Pick<SeenCall, 'from' | 'to' | 'through'>, facts: SeenFacts, evidence: () => Evidence): void {
    const { from, to, through } = ends
    const key = JSON.stringify([from, to, through])
    const seen = this.#calls.get(key)
    if (seen !== undefined) {
      seen.times += 1
      seen.synchronous ||= facts.synchronous
      seen.protocol ??= facts.protocol
      seen.encrypted = seen.encrypted === false ? false : (facts.encrypted ?? seen.encrypted)
    } else if (this.#calls.size < mostCalls) {
      this.#calls.set(key, { ...ends, ...facts, times: 1, evidence: evidence() })
    } else {
      this.#notes.add(`more than ${mostCalls} different calls; the rest is not used`, evidence())
    }
  }

  components(): readonly Component[] {
    return [...this.#components.values()]
  }

  calls(): readonly Call[] {
    return [...this.#calls.values()]
      .filter(({ from, to }) => this.#components.has(from) && this.#components.has(to))
      .map(callOf)
  }

  #component(component: Component): void {
    if (this.#components.has(component.id)) return
    if (this.#components.size < mostComponents) this.#components.set(component.id, component)
    else this.#notes.add(`more than ${mostComponents} services; the rest is not used`, component.evidence)
  }
}

function callOf(seen: SeenCall): Call {
  const { evidence } = seen
  const fact = <T>(value: T): Fact<T> => ({ value, evidence })
  return {
    from: seen.from,
    to: seen.to,
    ...(seen.through === undefined ? {} : { through: fact(seen.through) }),
    ...(seen.protocol === undefined ? {} : { protocol: fact(seen.protocol) }),
    ...(seen.encrypted === undefined ? {} : { encrypted: fact(seen.encrypted) }),
    synchronous: fact(seen.synchronous),
    observed: fact(seen.times),
    evidence,
  }
}
