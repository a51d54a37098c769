import { InvalidInput, type Problem } from '@plimsoll/base'
import type { Contract, ContractDeclaration, Operation, Use, Uses } from '@plimsoll/contract'
import { reservedAliases, type Handlers, type Service } from './service.ts'

/** What keeps a contract. */
export interface Implementation<C extends ContractDeclaration, U extends Uses> {
  /** All that the service may call, and the whole of its security configuration. Nothing where absent. */
  readonly uses?: U
  /** Called once before the first call is served. */
  readonly start?: (folder: { readonly dataFolder: string }) => void | Promise<void>
  /** Called once after the last call was served. */
  readonly stop?: () => void | Promise<void>
  /** One handler for each operation of the contract. */
  readonly operations: Handlers<C, U>
}

const identifier = /^[A-Za-z_$][\w$]{0,62}$/

/**
 * A contract with what keeps it, ready to be built, vetted and served. Calls nothing and starts nothing.
 * @throws {InvalidInput} `IMPLEMENTATION` with every problem: an alias that is no free identifier, an empty list of
 * operations, the same operation twice, a handler that is missing or that the contract does not know.
 */
export function implement<
  C extends ContractDeclaration,
  const U extends Uses = Readonly<Record<never, never>>,
>(contract: Contract<C>, implementation: Implementation<C, U>): Service<C, U> {
  const uses = implementation.uses ?? ({} as U)
  const problems = [
    ...problemsOfUses(uses),
    ...problemsOfHandlers(contract, implementation.operations),
    ...problemsOfHooks(implementation),
  ]
  const [first, ...others] = problems
  if (first !== undefined) throw new InvalidInput('IMPLEMENTATION', [first, ...others])
  const { start, stop, operations } = implementation
  return Object.freeze({ kind: 'service', contract, uses, operations, start, stop })
}

/** The operation of an entry of `uses`. */
export function operationOf(entry: Operation | Use): Operation {
  return entry.kind === 'use' ? entry.operation : entry
}

function problemsOfUses(uses: Uses): Problem[] {
  return Object.entries(uses).flatMap(([alias, use]) => {
    const field = `uses.${alias}`
    return problemsOfAlias(alias, field).concat(isList(use) ? problemsOfList(use, field) : [])
  })
}

function problemsOfAlias(alias: string, field: string): Problem[] {
  if (!identifier.test(alias) || alias === '__proto__' || alias === 'constructor')
    return [
      problem(
        field,
        `${JSON.stringify(alias)} is no identifier`,
        'use letters and digits, beginning with a letter',
      ),
    ]
  if ((reservedAliases as readonly string[]).includes(alias))
    return [problem(field, `${alias} is a name of the call's own context`, 'give this use another alias')]
  return []
}

function problemsOfList(list: readonly (Operation | Use)[], field: string): Problem[] {
  if (list.length === 0)
    return [
      problem(
        field,
        'the list of operations is empty',
        'list the operations that are called, or remove the alias',
      ),
    ]
  const operations = list.map(operationOf)
  const [first] = operations
  return operations.flatMap((operation, index) => {
    if (operation.service !== first?.service)
      return [
        problem(
          `${field}.${index}`,
          `${operation.service}.${operation.name} belongs to another contract than ${first?.service}`,
          'give each contract an alias of its own',
        ),
      ]
    if (operations.findIndex(({ name }) => name === operation.name) < index)
      return [problem(`${field}.${index}`, `${operation.name} is listed twice`, 'list each operation once')]
    return []
  })
}

function problemsOfHandlers(contract: Contract, handlers: unknown): Problem[] {
  const given = (handlers ?? {}) as Readonly<Record<string, unknown>>
  const missing = Object.keys(contract.operations)
    .filter((name) => !Object.hasOwn(given, name) || typeof given[name] !== 'function')
    .map((name) =>
      problem(
        `operations.${name}`,
        `${contract.name}.${name} has no handler`,
        `write ${name}(input, context) { … }, or remove the operation from the contract`,
      ),
    )
  const unknown = Object.keys(given)
    .filter((name) => !Object.hasOwn(contract.operations, name))
    .map((name) =>
      problem(
        `operations.${name}`,
        `${contract.name} has no operation ${name}`,
        'declare it in the contract, or remove it',
      ),
    )
  return [...missing, ...unknown]
}

function problemsOfHooks(hooks: { readonly start?: unknown; readonly stop?: unknown }): Problem[] {
  return (['start', 'stop'] as const)
    .filter((name) => hooks[name] !== undefined && typeof hooks[name] !== 'function')
    .map((name) => problem(name, `${name} is no function`, `write ${name}() { … }, or remove it`))
}

function isList(use: Uses[string]): use is readonly (Operation | Use)[] {
  return Array.isArray(use)
}

function problem(field: string, message: string, fix: string): Problem {
  return { message, place: { field }, fix }
}
