import { callId, type UseDocument } from '@plimsoll/contract'
import type { Call } from '../../model.ts'
import { anyone, gateway } from './components.ts'
import { fact, settingEvidence, sourceEvidence } from './evidence.ts'
import type { DeployedService, Source } from './reader.ts'

/** Calls from outside: each consumer's declared uses, and everybody to what is public. All go through the gateway. */
export function clientCalls(source: Source): Call[] {
  const { deployment, services } = source
  const described = new Set(services.map(({ name }) => name))
  const fromConsumers = Object.entries(deployment.consumers).flatMap(([consumer, { uses }]) =>
    uses
      .filter((id) => described.has(id.split('.')[0] ?? ''))
      .map((to) => clientCall(consumer, to, source, `consumers.${consumer}.uses`)),
  )
  const fromAnyone = services.flatMap(({ name, facts }) =>
    Object.entries(facts.manifest.contract.operations)
      .filter(([, { access }]) => access === 'public')
      .map(([operation]) => clientCall(anyone, `${name}.${operation}`, source, `services.${name}`)),
  )
  return [...fromConsumers, ...fromAnyone]
}

function clientCall(from: string, to: string, { deployment }: Source, field: string): Call {
  const evidence = settingEvidence(deployment, field)
  return {
    from,
    to,
    through: fact(gateway, settingEvidence(deployment, 'gateway')),
    protocol: fact('https', evidence),
    encrypted: fact(true, evidence),
    authentication: fact(from === anyone ? 'none' : 'api-key', evidence),
    required: fact(true, evidence),
    synchronous: fact(true, evidence),
    evidence,
  }
}

/** Calls that services make: their operations to others' and to externals, and to their stores. */
export function serviceCalls(source: Source): Call[] {
  const described = new Set(source.services.map(({ name }) => name))
  return source.services.flatMap((service) => {
    const uses = service.facts.manifest.uses.filter(
      (use) => use.kind === 'external' || !source.partial || described.has(use.service),
    )
    return [...operationCalls(service, uses, source), ...storeCalls(service, source)]
  })
}

function operationCalls(service: DeployedService, uses: readonly UseDocument[], source: Source): Call[] {
  const { calls, contract } = service.facts.manifest
  return Object.keys(contract.operations).flatMap((operation) => {
    const made = calls[operation]
    return uses
      .filter((use) => made === undefined || made.includes(callId(use)))
      .map((use) => useCall(`${service.name}.${operation}`, use, service, source))
  })
}

function useCall(from: string, use: UseDocument, service: DeployedService, { deployment }: Source): Call {
  const id = callId(use)
  const operation = from.slice(service.name.length + 1)
  const declared = sourceEvidence(service, `uses.${id}`, `uses.${use.alias}`)
  const secured =
    use.kind === 'operation' || deployment.externals[use.external]?.url.startsWith('https:') === true
  return {
    from,
    to: id,
    protocol: fact(use.kind === 'operation' ? 'plimsoll' : 'http', declared),
    encrypted: fact(secured, declared),
    ...(use.kind === 'operation' ? { authentication: fact('mutual-tls', declared) } : {}),
    timeoutMs: fact(use.timeoutMs, declared),
    attempts: fact(use.attempts, declared),
    required: fact(!use.optional, declared),
    synchronous: fact(true, declared),
    ...(use.kind === 'external' ? { sends: fact(use.sends, declared) } : {}),
    evidence: sourceEvidence(service, `calls.${operation}.${id}`, `uses.${id}`, `uses.${use.alias}`),
  }
}

function storeCalls({ name, settings }: DeployedService, { deployment }: Source): Call[] {
  return settings.stores.map((store) => {
    const evidence = settingEvidence(deployment, `services.${name}.stores`)
    return {
      from: name,
      to: store,
      required: fact(true, evidence),
      synchronous: fact(true, evidence),
      evidence,
    }
  })
}
