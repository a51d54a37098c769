/** Keys of OpenTelemetry's own API (`createContextKey`): the active span. */
export const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')
/** The served call, which contexts made within it keep. */
export const scopeKey = Symbol('plimsoll call')

/** OpenTelemetry's context: values by key, never changed. */
export class OpenContext {
  static readonly root = new OpenContext(new Map())
  readonly #values: ReadonlyMap<symbol, unknown>

  private constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key)
  }

  setValue(key: symbol, value: unknown): OpenContext {
    return new OpenContext(new Map(this.#values).set(key, value))
  }

  deleteValue(key: symbol): OpenContext {
    const values = new Map(this.#values)
    values.delete(key)
    return new OpenContext(values)
  }
}
