import type { Place } from '@plimsoll/base'
import { callId, type ContractDocument, type UseDocument } from '@plimsoll/contract'
import type { ESTree } from 'rolldown/utils'
import { exportedValue, isImport, valueOf, withoutCasts, type Value } from './binding.ts'
import { callsOf, type Calls } from './calls.ts'
import { membersOf, type Member } from './literal.ts'
import type { SourceModule, Sources } from './sources.ts'

/** What a service declares, as told by the service itself. */
export interface Declared {
  readonly contract: ContractDocument
  readonly uses: readonly UseDocument[]
}

/** What the source adds to what a service declares. */
export interface SourceFacts {
  readonly calls: Readonly<Record<string, readonly string[]>>
  readonly evidence: Readonly<Record<string, Place>>
}

/** Where the source says what: the parts of `implement(contract, { … })` and `defineContract({ … })` in plain shape. */
export interface ServiceSource {
  readonly entry: SourceModule
  readonly implementation?: Literal | undefined
  readonly contract?: Literal | undefined
}

/** A call with its object literal. */
interface Literal {
  readonly module: SourceModule
  readonly call: ESTree.CallExpression
  readonly members: ReadonlyMap<string, Member>
}

/** Nothing where the entry itself cannot be read. What is not in plain shape is absent. */
export function readServiceSource(sources: Sources, entry: string): ServiceSource | undefined {
  const module = sources.module(entry)
  if (module === undefined) return undefined
  const service = callOf(exportedValue(sources, entry, 'service'), {
    name: 'implement',
    from: '@plimsoll/service',
  })
  if (service === undefined) return { entry: module }
  const [promise, kept] = service.call.arguments
  const contract =
    promise === undefined || promise.type === 'SpreadElement'
      ? undefined
      : callOf(valueOf(sources, { module: service.module, expression: promise }), {
          name: 'defineContract',
          from: '@plimsoll/contract',
        })
  return {
    entry: module,
    implementation: { ...service, members: literalMembers(kept) },
    contract: contract && { ...contract, members: literalMembers(contract.call.arguments[0]) },
  }
}

/** Calls and evidence for what a service declares. */
export function sourceFacts(sources: Sources, source: ServiceSource, declared: Declared): SourceFacts {
  const handlers = handlerCalls(source, declared)
  const calls = [...handlers].map(([operation, { calls }]) => [operation, [...calls.keys()].toSorted()])
  return {
    calls: Object.fromEntries(calls) as Record<string, readonly string[]>,
    evidence: {
      service: servicePlace(source),
      ...contractEvidence(source, declared.contract),
      ...useEvidence(sources, source, declared.uses),
      ...callEvidence(handlers),
    },
  }
}

/** The entry module, with the line of `implement` where that stands in it. */
function servicePlace({ entry, implementation }: ServiceSource): Place {
  return implementation?.module === entry ? entry.place(implementation.call.start) : fileOf(entry)
}

/** Places of the contract's parts: `contract`, `operations.quote`, `operations.quote.deadline`. */
export function contractEvidence(source: ServiceSource, contract?: ContractDocument): Record<string, Place> {
  const literal = plainContract(source, contract)
  const whole = literal === undefined ? fileOf(source.entry) : literal.module.place(literal.call.start)
  const evidence: Record<string, Place> = { contract: whole }
  for (const operation of Object.keys(contract?.operations ?? {})) evidence[`operations.${operation}`] = whole
  if (literal === undefined) return evidence
  const operations = literal.members.get('operations')
  for (const { name, property } of members(operations).values()) {
    if (contract !== undefined && !Object.hasOwn(contract.operations, name)) continue
    evidence[`operations.${name}`] = literal.module.place(property.start)
    for (const field of members({ name, property }).values()) {
      evidence[`operations.${name}.${field.name}`] = literal.module.place(field.property.start)
    }
  }
  return evidence
}

/** The literal, unless it says another name: then the module keeps several contracts and this is not the one. */
function plainContract(source: ServiceSource, contract?: ContractDocument): Literal | undefined {
  const name = source.contract?.members.get('name')?.property.value
  const other = name?.type === 'Literal' && contract !== undefined && name.value !== contract.name
  return other ? undefined : source.contract
}

/** Places of uses: `uses.catalog` (the alias) and `uses.catalog.lookup` (what is called). */
function useEvidence(
  sources: Sources,
  source: ServiceSource,
  uses: readonly UseDocument[],
): Record<string, Place> {
  const { implementation } = source
  const whole =
    implementation === undefined
      ? fileOf(source.entry)
      : implementation.module.place(implementation.call.start)
  const evidence: Record<string, Place> = {}
  const aliases = members(implementation?.members.get('uses'))
  for (const use of uses) {
    const alias = aliases.get(use.alias)
    const place = (alias && implementation?.module.place(alias.property.start)) ?? whole
    const value = alias &&
      implementation && { module: implementation.module, expression: alias.property.value }
    evidence[`uses.${use.alias}`] = place
    evidence[`uses.${callId(use)}`] = (value && elementPlace(sources, value, use)) ?? place
  }
  return evidence
}

function elementPlace(sources: Sources, value: Value, use: UseDocument): Place | undefined {
  const list = use.kind === 'operation' ? valueOf(sources, value) : undefined
  const element = list && use.kind === 'operation' ? elementFor(list.expression, use.operation) : undefined
  return element && list?.module.place(element.start)
}

/** `catalog.operations.lookup` or `use(catalog.operations.lookup, { … })` in a list; only where it is the only one. */
function elementFor(list: ESTree.Expression, operation: string): ESTree.Node | undefined {
  if (list.type !== 'ArrayExpression') return undefined
  const fitting = list.elements.filter((element) => {
    if (element === null || element.type === 'SpreadElement') return false
    const plain = withoutCasts(element)
    const [first] = plain.type === 'CallExpression' ? plain.arguments : [plain]
    return (
      first?.type === 'MemberExpression' &&
      first.property.type === 'Identifier' &&
      !first.computed &&
      first.property.name === operation
    )
  })
  return fitting.length === 1 ? (fitting[0] ?? undefined) : undefined
}

interface HandlerCalls {
  readonly module: SourceModule
  readonly calls: Calls
}

function handlerCalls(
  { implementation }: ServiceSource,
  { contract, uses }: Declared,
): Map<string, HandlerCalls> {
  const found = new Map<string, HandlerCalls>()
  if (implementation === undefined) return found
  for (const { name, property } of members(implementation.members.get('operations')).values()) {
    const value = withoutCasts(property.value)
    const inline = value.type === 'FunctionExpression' || value.type === 'ArrowFunctionExpression'
    if (property.kind !== 'init' || !inline || !Object.hasOwn(contract.operations, name)) continue
    const calls = callsOf(value, uses)
    if (calls !== undefined) found.set(name, { module: implementation.module, calls })
  }
  return found
}

function callEvidence(handlers: ReadonlyMap<string, HandlerCalls>): Record<string, Place> {
  const evidence: Record<string, Place> = {}
  for (const [operation, { module, calls }] of handlers) {
    for (const [id, offset] of calls) evidence[`calls.${operation}.${id}`] = module.place(offset)
  }
  return evidence
}

function callOf(
  value: Value | undefined,
  target: { readonly name: string; readonly from: string },
): { module: SourceModule; call: ESTree.CallExpression } | undefined {
  if (value?.expression.type !== 'CallExpression') return undefined
  const { module, expression: call } = value
  return isImport({ module, expression: call.callee }, target) ? { module, call } : undefined
}

function literalMembers(argument: ESTree.Argument | undefined): ReadonlyMap<string, Member> {
  if (argument === undefined || argument.type === 'SpreadElement') return new Map()
  const plain = withoutCasts(argument)
  return plain.type === 'ObjectExpression' ? membersOf(plain) : new Map()
}

function members(member: Member | undefined): ReadonlyMap<string, Member> {
  return member === undefined ? new Map() : literalMembers(member.property.value)
}

function fileOf(module: SourceModule): Place {
  const { file } = module.place(0)
  return { file }
}
