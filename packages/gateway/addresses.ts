import type { Problem } from '@plimsoll/base'
import type { ContractDocument, OperationDocument } from '@plimsoll/contract'

/** Addresses that the gateway itself answers. */
export const reservedPaths = { document: '/openapi.json', health: '/healthz' } as const

type OpenOperation = readonly [name: string, operation: OperationDocument]

/** Operations that somebody outside may call. */
export function openOperations(contract: ContractDocument): readonly OpenOperation[] {
  return Object.entries(contract.operations).filter(([, { access }]) => access !== 'services')
}

/** True for an address that no operation may have. */
export function isReserved(path: string): boolean {
  return Object.values<string>(reservedPaths).includes(path)
}

/**
 * What keeps these contracts from being served together at one gateway; nothing where they can be. For whoever decides
 * on a change, before it is made.
 */
export function checkRoutes(contracts: readonly ContractDocument[]): readonly Problem[] {
  const names = new Set<string>()
  const owners = new Map<string, string>()
  const problems: Problem[] = []
  for (const contract of contracts) {
    if (names.has(contract.name)) problems.push(repeatedContract(contract.name))
    else
      problems.push(...openOperations(contract).flatMap((open) => checkAddress(contract.name, open, owners)))
    names.add(contract.name)
  }
  return problems
}

function checkAddress(
  service: string,
  [name, { http }]: OpenOperation,
  owners: Map<string, string>,
): readonly Problem[] {
  const id = `${service}.${name}`
  // Names of parameters make no difference to which addresses a path matches.
  const shape = `${http.method} ${http.path.replaceAll(/\{[^}]*\}/g, '{}')}`
  const owner = owners.get(shape)
  owners.set(shape, owner ?? id)
  if (isReserved(http.path)) return [reservedAddress(id, http.path)]
  return owner === undefined ? [] : [sharedAddress(id, owner, `${http.method} ${http.path}`)]
}

function repeatedContract(name: string): Problem {
  return {
    message: `the contract ${name} is there twice`,
    place: { field: `contracts.${name}` },
    fix: 'give each contract once',
  }
}

function reservedAddress(id: string, path: string): Problem {
  return {
    message: `${id} has the address ${path}, which the gateway answers itself`,
    place: { field: `operations.${id}.http` },
    fix: `give ${id} another path`,
  }
}

function sharedAddress(id: string, owner: string, address: string): Problem {
  return {
    message: `${id} and ${owner} have the same address, ${address}`,
    place: { field: `operations.${id}.http` },
    fix: `change the http of one of them, so that an address leads to one operation`,
  }
}
