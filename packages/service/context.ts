import type { ClientUse, OwnCall } from './clients.ts'
import { CallRefusal } from './errors.ts'
import type { CheckedCall } from './interceptors/interceptor.ts'
import type { LogFacts } from './log.ts'
import { declaredFailure } from './outcome.ts'
import type { Caller, CallOptions, ExternalClient, Subject } from './service.ts'

/** Makes a handler's context for one call. One class per operation, so that a call costs one small object. */
export type ContextClass = new (call: CheckedCall) => object

export interface ContextOptions {
  /** `pricing.quote` */
  readonly operation: string
  readonly clients: readonly ClientUse[]
  /** Ids of the calls that the vetted manifest found in this operation; every declared one where undefined. */
  readonly vettedCalls: readonly string[] | undefined
  readonly dataFolder: string
}

/** Members are getters, and what they give is bound, so that handlers may take the context apart. */
class Context {
  readonly #call: CheckedCall

  constructor(call: CheckedCall) {
    this.#call = call
  }

  get caller(): Caller {
    return this.#call.caller
  }

  get subject(): Subject | undefined {
    return this.#call.subject
  }

  get signal(): AbortSignal {
    return this.#call.deadline.signal
  }

  get traceId(): string {
    return this.#call.trace.traceId
  }

  get remaining(): () => number {
    return () => this.#call.deadline.remaining()
  }

  get log(): (message: string, facts?: LogFacts) => void {
    const { serving, operation, trace, scope } = this.#call
    return (message, facts) => {
      const shown = scope.redactor.facts({ ...facts, message })
      serving.logger.write('info', 'handler', { ...shown, operation: operation.id }, trace.traceId)
    }
  }

  get fail(): (code: string, data?: unknown) => object {
    return declaredFailure
  }

  static ownCall(context: Context): OwnCall {
    const { operation, deadline, trace, incoming, subject } = context.#call
    return {
      operation: operation.id,
      deadline,
      trace,
      subject: incoming.metadata.subject,
      consumer: subject?.consumer,
    }
  }
}

/** The context of one operation: what every call has, and the clients of its uses. */
export function createContextClass(options: ContextOptions): ContextClass {
  class OperationContext extends Context {}
  Object.defineProperty(OperationContext.prototype, 'dataFolder', { value: options.dataFolder })
  for (const [alias, uses] of Map.groupBy(options.clients, ({ alias }) => alias)) {
    const bind = bindAlias(uses, options)
    Object.defineProperty(OperationContext.prototype, alias, {
      get(this: Context): object {
        return bind(Context.ownCall(this))
      },
    })
  }
  return OperationContext
}

type Bind = (own: OwnCall) => object

/** The client of one alias, for one call. */
function bindAlias(uses: readonly ClientUse[], options: ContextOptions): Bind {
  const binders = uses.map((use) => bindUse(use, options))
  return (own) => Object.assign({}, ...binders.map((bind) => bind(own)))
}

function bindUse(use: ClientUse, options: ContextOptions): Bind {
  const vetted = options.vettedCalls === undefined || options.vettedCalls.includes(use.id)
  const check = () => {
    if (!vetted) throw undeclared(use.id, options.operation)
  }
  if (use.kind === 'external')
    return (own): ExternalClient => ({
      fetch: async (path, init) => {
        check()
        return use.fetch(path, init, own.deadline)
      },
    })
  return (own) => ({
    [use.name]: async (input: unknown, callOptions?: CallOptions) => {
      check()
      return use.call(own, input, callOptions)
    },
  })
}

function undeclared(id: string, operation: string): CallRefusal {
  return new CallRefusal('UNDECLARED_CALL', `${operation} is not vetted to call ${id}; nothing was sent`, {
    fix: `call ${id} where the handler of ${operation} shows it, build the service again, and let the release be vetted`,
  })
}
