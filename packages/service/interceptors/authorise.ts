import { refused } from '../answer.ts'
import type { ServedOperation } from '../operation.ts'
import { found, type AuthenticatedCall, type Interceptor, type PermittedCall } from './interceptor.ts'

/**
 * Says that one caller may have one operation carried out. Only this file can make one, and no operation can be
 * carried out without one.
 */
class Permit {
  readonly #caller: string
  readonly #operation: string

  constructor(caller: string, operation: string) {
    this.#caller = caller
    this.#operation = operation
  }

  toString(): string {
    return `${this.#caller} may call ${this.#operation}`
  }
}
export type { Permit }

/**
 * Lets those through whom the vetted architecture names, and nobody where it names none. Whether the operation exists
 * is looked at last, so that a caller who may not learns nothing.
 */
export const authorise: Interceptor<AuthenticatedCall, PermittedCall> = (call, next) => {
  const { caller, incoming, serving } = call
  const { callers } = serving.snapshot()
  const allowed = Object.hasOwn(callers, incoming.operation) ? callers[incoming.operation] : undefined
  if (allowed?.includes(caller.id) !== true)
    return refused(`no vetted use lets ${caller.id} call ${serving.service}.${incoming.operation}`)
  const operation = serving.operations.get(incoming.operation)
  if (operation === undefined) return refused(`${serving.service} has no operation ${incoming.operation}`)
  const objection = objectionTo(call, operation)
  if (objection !== undefined) return refused(objection)
  return next(found(call, { operation, permit: new Permit(caller.id, operation.name) }))
}

/** What the contract itself has against the call, whatever the architecture allows. */
function objectionTo({ caller, subject }: AuthenticatedCall, operation: ServedOperation): string | undefined {
  if (caller.kind === 'operator') return undefined
  if (caller.kind === 'gateway' && operation.access === 'services')
    return `${operation.name} is not open to the outside`
  if (caller.kind === 'gateway' && operation.access === 'consumers' && subject === undefined)
    return `${operation.name} is for consumers with a credential, and the call names none`
  if (operation.scopes.length === 0) return undefined
  if (subject === undefined)
    return `${operation.name} needs the scopes of a consumer, and the call runs for none`
  const missing = operation.scopes.filter((scope) => !subject.scopes.includes(scope))
  return missing.length === 0
    ? undefined
    : `${subject.consumer} lacks ${missing.join(', ')}, which ${operation.name} needs`
}
