import type { Problem } from '@plimsoll/base'
import { throwProblems } from '../../errors.ts'
import type { SourceDocument } from '../document.ts'
import type { ArchitecturePart, Reader, ReaderContext } from '../reader.ts'
import { withTokens } from '../tokens.ts'
import { callsOf } from './calls.ts'
import { componentOf, technologyIn } from './component.ts'
import { configurationTexts } from './configuration.ts'
import { hostsOf } from './hosts.ts'
import { textOf } from './node.ts'
import { brokenPorts } from './ports.ts'
import { Loading, projectOf, type Project } from './project.ts'
import { segmentsAmong, segmentsOf } from './segments.ts'
import { servicesOf, type Service } from './service.ts'
import { isTopLevelMember } from './shape.ts'
import { toldOf, type Told } from './traits.ts'

/**
 * Docker Compose: the Compose specification, and the older numbered formats that it took over. Several documents are one project, each
 * over the earlier ones.
 */
export const composeReader: Reader = { format: 'compose', recognises, read }

function recognises({ value, file }: SourceDocument): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const names = Object.keys(value)
  if ('services' in value) {
    const isMap =
      typeof value.services === 'object' && value.services !== null && !Array.isArray(value.services)
    const isForeign = ['apiVersion', 'openapi', 'swagger', 'jobs', 'format'].some((name) =>
      names.includes(name),
    )
    return !isForeign && (isMap || isNamedCompose(file))
  }
  const isPartial = names.some((name) => /^(?:include|networks|volumes|secrets|configs)$/.test(name))
  return (isPartial || isNamedCompose(file)) && names.length > 0 && names.every(isTopLevelMember)
}

function isNamedCompose(file: string): boolean {
  return /compose[^/]*\.(?:ya?ml|json)$/i.test(file)
}

function read(documents: readonly SourceDocument[], context: ReaderContext): ArchitecturePart {
  throwProblems('COMPOSE', documents.flatMap(servicesProblem))
  const loading = new Loading(context)
  try {
    return partOf(projectOf(documents, loading), loading)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const file = documents[0]?.file
    throwProblems('COMPOSE', [
      { message: error.message, place: { file }, fix: 'use fewer aliases and bases' },
    ])
    throw error
  }
}

function servicesProblem(document: SourceDocument): readonly Problem[] {
  const { value } = document
  const services =
    typeof value === 'object' && value !== null && 'services' in value ? value.services : undefined
  if (services === undefined || services === null) return []
  if (typeof services === 'object' && !Array.isArray(services)) return []
  const fix = 'write services: { cart: { image: … } }'
  return [{ message: 'services is no map of services', place: document.place(['services']), fix }]
}

function partOf(project: Project, loading: Loading): ArchitecturePart {
  const services = servicesOf(project, loading)
  const hosts = hostsOf(services)
  for (const service of services) noteDanglingParts(service, project, loading)
  const segments = segmentsAmong(services, project)
  const configurations = new Map(
    services.map((service) => [service, configurationTexts(service.node, project, loading)]),
  )
  const configurationOf = (service: Service) => configurations.get(service) ?? []
  const habits = new Map(
    services.map((service) => [
      service,
      toldOf(service, configurationOf(service), technologyIn(service)?.technology),
    ]),
  )
  const told = (service: Service): Told => habits.get(service) ?? {}
  const components = services.map((service) => componentOf(service, { hosts, segments, told }))
  const { calls, externals } = callsOf(services, { configurationOf, loading, hosts })
  const passing = new Map(
    [...habits].flatMap(([{ name }, { passesTokens }]) =>
      passesTokens === undefined ? [] : [[name, passesTokens] as const],
    ),
  )
  return {
    components: [...components, ...externals],
    calls: withTokens(calls, components, passing),
    networks: segmentsOf(project, services),
    notes: loading.notes,
  }
}

/** What a service refers to and what is not there. */
function noteDanglingParts({ name, node }: Service, project: Project, loading: Loading): void {
  for (const item of brokenPorts(node)) loading.note(`services.${name}.ports: this is no port`, item.place())
  const order = node.entries.get('depends_on')
  const names =
    order?.type === 'map' ? [...order.entries.keys()] : order?.type === 'list' ? order.items.map(textOf) : []
  for (const other of names) {
    if (order === undefined || other === undefined || project.services.has(other)) continue
    loading.note(`services.${name} depends on ${other}, which is not there`, order.place())
  }
}
