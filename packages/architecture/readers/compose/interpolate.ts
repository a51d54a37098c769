/** What interpolation needs: values, and somebody to tell of those that are missing. */
export interface Variables {
  value(name: string): string | undefined
  /** `required`: Compose itself would stop here. */
  missing(name: string, required: boolean): void
}

const longest = 1_048_576
const deepest = 20
const name = /[A-Za-z_][A-Za-z0-9_]*/y

/**
 * Puts values in the place of variables, as the Compose specification says: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`,
 * `${NAME:?message}`, `${NAME?message}`, `${NAME:+value}`, `${NAME+value}`, nested; `$$` is a dollar. What is not of these forms stays as
 * it is. The result is bounded.
 */
export function interpolate(text: string, variables: Variables): string {
  if (!text.includes('$') || text.length > longest) return text
  return new Interpolation(text, variables).upTo(undefined, 0).slice(0, longest)
}

class Interpolation {
  readonly #text: string
  readonly #variables: Variables
  #at = 0

  constructor(text: string, variables: Variables) {
    this.#text = text
    this.#variables = variables
  }

  /** Reads on to a closing bracket, or to the end. */
  upTo(end: '}' | undefined, depth: number): string {
    const parts: string[] = []
    let length = 0
    while (this.#at < this.#text.length && this.#text[this.#at] !== end && length <= longest) {
      const dollar = this.#nextOf(end)
      const part = dollar > this.#at ? this.#text.slice(this.#at, dollar) : this.#substitution(depth)
      if (dollar > this.#at) this.#at = dollar
      parts.push(part)
      length += part.length
    }
    return parts.join('')
  }

  #nextOf(end: '}' | undefined): number {
    for (let at = this.#at; at < this.#text.length; at += 1)
      if (this.#text[at] === '$' || this.#text[at] === end) return at
    return this.#text.length
  }

  /** At a dollar. */
  #substitution(depth: number): string {
    const next = this.#text[this.#at + 1]
    if (next === '$') {
      this.#at += 2
      return '$'
    }
    const braced = next === '{'
    const found = this.#nameAt(this.#at + (braced ? 2 : 1))
    if (found === undefined || depth > deepest) {
      this.#at += 1
      return '$'
    }
    this.#at += (braced ? 2 : 1) + found.length
    return braced ? this.#braced(found, depth) : this.#plain(found)
  }

  #nameAt(at: number): string | undefined {
    name.lastIndex = at
    return name.exec(this.#text)?.[0]
  }

  #plain(variable: string): string {
    const value = this.#variables.value(variable)
    if (value === undefined) this.#variables.missing(variable, false)
    return value ?? ''
  }

  #braced(variable: string, depth: number): string {
    const [operator = ''] = /^:?[-?+]/.exec(this.#text.slice(this.#at, this.#at + 2)) ?? []
    this.#at += operator.length
    const operand = this.upTo('}', depth + 1)
    this.#at += 1
    if (operator === '') return this.#plain(variable)
    const value = this.#variables.value(variable)
    const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'))
    if (operator.endsWith('+')) return isSet ? operand : ''
    if (isSet) return value
    if (operator.endsWith('-')) return operand
    this.#variables.missing(variable, true)
    return ''
  }
}
