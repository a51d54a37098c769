import type { Problem } from '@plimsoll/base'
import { callId, type OperationDocument, type UseDocument } from '@plimsoll/contract'
import { settingEvidence, sourceEvidence } from './evidence.ts'
import type { DeployedService, Source } from './reader.ts'

/** Where the parts of a deployment do not fit together, so that nothing could be said about the whole. */
export function fitProblems(source: Source): readonly Problem[] {
  return [
    ...source.services.flatMap((service) => serviceProblems(service, source)),
    ...(source.partial ? [] : consumerProblems(source)),
  ]
}

function serviceProblems(service: DeployedService, source: Source): readonly Problem[] {
  const { name, facts } = service
  const problems: Problem[] = []
  if (facts.manifest.name !== name) {
    const field = `services.${name}.entry`
    problems.push({
      message: `the release is of ${facts.manifest.name}, not of ${name}`,
      place: settingEvidence(source.deployment, field),
      fix: `name the service ${facts.manifest.name}, or choose another entry`,
    })
  }
  for (const use of facts.manifest.uses) {
    const place = sourceEvidence(service, `uses.${callId(use)}`, `uses.${use.alias}`)
    const problem =
      use.kind === 'external' ? externalProblem(use.external, name, source) : useProblem(use, name, source)
    if (problem !== undefined) problems.push({ ...problem, place })
  }
  return problems
}

function externalProblem(
  external: string,
  service: string,
  { deployment }: Source,
): Omit<Problem, 'place'> | undefined {
  if (Object.hasOwn(deployment.externals, external)) return undefined
  const message = `${service} uses the external ${external}, which has no address in the architecture`
  return { message, fix: `add externals: { '${external}': { url: 'https://…' } } to the configuration` }
}

function useProblem(
  use: Extract<UseDocument, { kind: 'operation' }>,
  service: string,
  source: Source,
): Omit<Problem, 'place'> | undefined {
  const callee = source.services.find(({ name }) => name === use.service)
  if (callee === undefined) {
    if (source.partial) return undefined
    const message = `${service} uses ${callId(use)}, but there is no service ${use.service} in the architecture`
    return { message, fix: `add ${use.service} to services, or take the use away` }
  }
  if (operationNamed(callee, use.operation) !== undefined) return undefined
  const { version } = callee.facts.manifest.contract
  const message = `${service} uses ${callId(use)}, which ${use.service} ${version} does not have`
  return { message, fix: `deploy a ${use.service} that has ${use.operation}, or take the use away` }
}

function consumerProblems(source: Source): readonly Problem[] {
  return Object.entries(source.deployment.consumers).flatMap(([consumer, { uses, scopes }]) =>
    uses.flatMap((id) => {
      const field = `consumers.${consumer}.uses`
      const problem = consumerProblem(consumer, id, scopes, source)
      return problem === undefined ? [] : [{ ...problem, place: settingEvidence(source.deployment, field) }]
    }),
  )
}

function consumerProblem(
  consumer: string,
  id: string,
  scopes: readonly string[],
  source: Source,
): Omit<Problem, 'place'> | undefined {
  const [service = '', name = ''] = id.split('.')
  const callee = source.services.find((candidate) => candidate.name === service)
  const operation = callee === undefined ? undefined : operationNamed(callee, name)
  if (operation === undefined) {
    return {
      message: `${consumer} uses ${id}, which is not in the architecture`,
      fix: 'take it out of its uses, or add the service',
    }
  }
  if (operation.access === 'services') {
    const message = `${consumer} uses ${id}, which is for services alone`
    return { message, fix: `take it out of its uses, or let ${service} open it with access: 'consumers'` }
  }
  const missing = operation.scopes.filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return undefined
  return {
    message: `${consumer} uses ${id} without holding ${missing.join(', ')}`,
    fix: `add ${missing.join(', ')} to its scopes, or take ${id} out of its uses`,
  }
}

function operationNamed({ facts }: DeployedService, name: string): OperationDocument | undefined {
  const { operations } = facts.manifest.contract
  return Object.hasOwn(operations, name) ? operations[name] : undefined
}
