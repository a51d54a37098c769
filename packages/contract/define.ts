import { isName, type Problem } from '@plimsoll/base'
import { boundedOperation, boundsProblems } from './bounded-operation.ts'
import { defaultBounds } from './bounds.ts'
import type { Contract, ContractDeclaration, Operation, OperationDeclaration } from './contract.ts'
import { operationProblems } from './operation-check.ts'
import { throwProblems } from './errors.ts'
import { pathShape } from './path.ts'

const operationPattern = /^[a-z][a-zA-Z0-9]{0,62}$/
/** Semantic Versioning 2.0.0, without build metadata, which is the release's. */
const versionPattern =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/
/** Names that every JavaScript object has already. */
const takenNames = new Set(Object.getOwnPropertyNames(Object.prototype))
const mostOperations = 200

/**
 * A contract: what a service promises.
 * @throws {InvalidInput} `CONTRACT`, with everything that is wrong with it, by field.
 */
export function defineContract<const D extends ContractDeclaration>(declaration: D): Contract<D> {
  throwProblems('CONTRACT', contractProblems(declaration))
  const { name, version, summary } = declaration
  const bounds = { ...defaultBounds, ...declaration.bounds }
  const operations = Object.entries(declaration.operations).map(([operation, declared]) => [
    operation,
    Object.freeze<Operation>({
      kind: 'operation',
      service: name,
      name: operation,
      contractVersion: version,
      declaration: boundedOperation(declared, bounds),
    }),
  ])
  return Object.freeze({
    kind: 'contract',
    name,
    version,
    ...(summary === undefined ? {} : { summary }),
    operations: Object.freeze(Object.fromEntries(operations)) as Contract<D>['operations'],
  })
}

const fields: readonly string[] = ['name', 'version', 'summary', 'bounds', 'operations']
const longestSummary = 1_000

function contractProblems(declaration: ContractDeclaration): readonly Problem[] {
  if (!isRecord(declaration))
    return [
      { message: 'a contract is an object', fix: 'write defineContract({ name, version, operations })' },
    ]
  const problems: Problem[] = []
  const { name, version, operations } = declaration as Partial<ContractDeclaration>
  for (const key of Object.keys(declaration).filter((member) => !fields.includes(member))) {
    problems.push({
      message: `a contract has no field ${JSON.stringify(key)}`,
      place: { field: key },
      fix: `take it away, or use one of ${fields.join(', ')}`,
    })
  }
  if (typeof name !== 'string' || !isName(name)) {
    problems.push({
      message: `${show(name)} is no name for a contract`,
      place: { field: 'name' },
      fix: 'use lower-case letters, digits and single hyphens, beginning with a letter, such as pricing',
    })
  }
  if (typeof version !== 'string' || !versionPattern.test(version)) {
    problems.push({
      message: `${show(version)} is no version`,
      place: { field: 'version' },
      fix: 'write a semantic version, such as 1.0.0',
    })
  }
  problems.push(...summaryProblems(declaration, ''), ...boundsProblems(declaration['bounds']))
  if (!isRecord(operations) || Object.keys(operations).length === 0) {
    problems.push({
      message: 'the contract promises nothing',
      place: { field: 'operations' },
      fix: 'add at least one operation',
    })
    return problems
  }
  return [...problems, ...operationsProblems(operations, String(name))]
}

function operationsProblems(
  operations: Readonly<Record<string, OperationDeclaration>>,
  service: string,
): readonly Problem[] {
  const problems: Problem[] = []
  const owners = new Map<string, string>()
  const entries = Object.entries(operations)
  if (entries.length > mostOperations) {
    problems.push({
      message: `${entries.length} operations are more than a contract may have`,
      place: { field: 'operations' },
      fix: `split the contract: at most ${mostOperations}`,
    })
  }
  for (const [name, operation] of entries) {
    const field = `operations.${name}`
    if (!operationPattern.test(name) || takenNames.has(name)) {
      problems.push({
        message: `${show(name)} is no name for an operation`,
        place: { field },
        fix: 'use camelCase letters and digits, beginning with a small letter, such as quote',
      })
    }
    problems.push(...operationProblems(operation, field))
    problems.push(...summaryProblems(operation, `${field}.`))
    problems.push(...addressProblems(operation, { field, own: `POST /${service}/${name}` }, owners))
  }
  return problems
}

function summaryProblems(declared: unknown, prefix: string): readonly Problem[] {
  const summary = isRecord(declared) ? declared['summary'] : undefined
  if (summary === undefined) return []
  if (typeof summary === 'string' && String(summary).length <= longestSummary) return []
  const message = `a summary is a text of at most ${longestSummary} characters`
  return [{ message, place: { field: `${prefix}summary` }, fix: "write summary: 'What a cart costs'" }]
}

/** Two operations at one address; `own` is the address of one that names none. */
function addressProblems(
  operation: OperationDeclaration,
  { field, own }: { readonly field: string; readonly own: string },
  owners: Map<string, string>,
): readonly Problem[] {
  if (!isRecord(operation)) return []
  const address = (operation['http'] as unknown) ?? own
  if (typeof address !== 'string') return []
  const shape = pathShape(address)
  const owner = owners.get(shape)
  owners.set(shape, owner ?? field)
  if (owner === undefined) return []
  return [
    {
      message: `the address ${address} is that of ${owner} already`,
      place: { field: `${field}.http` },
      fix: 'give each operation an address of its own',
    },
  ]
}

function isRecord(value: unknown): value is Readonly<Record<string, never>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What stands there, as far as it can be shown. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  try {
    return (JSON.stringify(value) ?? `a ${typeof value}`).slice(0, 80)
  } catch {
    return `a ${typeof value}`
  }
}
