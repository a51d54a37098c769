import type { Call, Component, Fact } from '../../model.ts'
import type { Field } from '../field.ts'

/** Calls between components, one for each pair, and the hosts outside that they lead to. */
export class CallTable {
  readonly #calls = new Map<string, Call>()
  readonly #externals = new Map<string, Component>()

  add(call: Call): void {
    if (call.from === call.to) return
    const key = `${call.from}\n${call.to}`
    const known = this.#calls.get(key)
    this.#calls.set(key, known === undefined ? call : merged(known, call))
  }

  /** The component that stands for a host outside. */
  external(host: string, field: Field): string {
    const id = host.toLowerCase()
    if (!this.#externals.has(id)) {
      const { file, line, column, field: at } = field.evidence()
      const evidence = { file, line, column, field: at }
      this.#externals.set(id, {
        id,
        kind: { value: 'external', evidence: { ...evidence, how: 'inferred' } },
        address: { value: id, evidence },
        evidence,
      })
    }
    return id
  }

  calls(): readonly Call[] {
    return [...this.#calls.values()]
  }

  externals(): readonly Component[] {
    return [...this.#externals.values()]
  }
}

type Facts = Omit<Call, 'from' | 'to' | 'evidence'>

/** Where two sources say different things of one call, the same one wins whatever the order: a missing wall before a wall. */
function merged(one: Call, other: Call): Call {
  const { from: _from, to: _to, evidence: _evidence, ...facts } = other
  const result: Record<string, unknown> = { ...one }
  for (const [key, fact] of Object.entries(facts) as [keyof Facts, Fact<unknown> | undefined][]) {
    const known = one[key]
    if (fact !== undefined && (known === undefined || isBefore(fact, known))) result[key] = fact
  }
  return result as unknown as Call
}

function isBefore(one: Fact<unknown>, other: Fact<unknown>): boolean {
  const [a, b] = [JSON.stringify(one.value) ?? '', JSON.stringify(other.value) ?? '']
  return a < b
}
