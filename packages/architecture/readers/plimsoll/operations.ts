import type { OperationDocument } from '@plimsoll/contract'
import type { ArchitectureOperation } from '../../model.ts'
import { fact, sourceEvidence } from './evidence.ts'
import type { DeployedService, Source } from './reader.ts'

/** Every operation of the described services. */
export function operationsOf({ services }: Source): ArchitectureOperation[] {
  return services.flatMap((service) =>
    Object.entries(service.facts.manifest.contract.operations).map(([name, operation]) =>
      describe(service, name, operation),
    ),
  )
}

function describe(
  service: DeployedService,
  name: string,
  operation: OperationDocument,
): ArchitectureOperation {
  const key = `operations.${name}`
  const at = (field: string) => sourceEvidence(service, `${key}.${field}`, key, 'contract')
  const { objective } = operation
  return {
    id: `${service.name}.${name}`,
    component: service.name,
    name,
    access: fact(operation.access, at('access')),
    scopes: fact(operation.scopes, at('scopes')),
    dataIn: fact(operation.dataIn, at('input')),
    dataOut: fact(operation.dataOut, at('output')),
    openOutput: fact(operation.openOutput, at('output')),
    deadlineMs: fact(operation.deadlineMs, at('deadline')),
    idempotent: fact(operation.idempotent, at('idempotent')),
    safe: fact(operation.http.method === 'GET', at('http')),
    ...(objective === undefined ? {} : { objective: fact(objective, at('objective')) }),
    evidence: sourceEvidence(service, key, 'contract'),
  }
}
