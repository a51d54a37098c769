import type { ArchitectureOperation, Call, Component, Fact, Trait } from '../../model.ts'
import type { SourceDocument } from '../document.ts'
import { Field, isObject, Notes } from '../field.ts'
import { innerNameOf, slugOf } from '../name.ts'
import type { ArchitecturePart, Reader } from '../reader.ts'
import { DataClasses } from './data.ts'
import { limitsCallers, operationsOf } from './operations.ts'
import { References } from './references.ts'
import { documentSecurity } from './security.ts'
import { basePathOf, serversOf, type Server } from './servers.ts'

/**
 * Reads OpenAPI 3 and Swagger 2: a component for each document, with its operations.
 *
 * The component is named by `x-service-name`; else by the host of the first server where that is a name inside of a deployment (`orders` in
 * `http://orders:8080`), since other files name it so; else by the document's title. Documents of one name are one component.
 */
export const openApiReader: Reader = {
  format: 'openapi',
  recognises: ({ value }) =>
    isObject(value) && (isVersion(value['openapi'], '3') || isVersion(value['swagger'], '2')),
  read: (documents, context) => {
    const notes = new Notes()
    const references = new References(context)
    const tools = { references, data: new DataClasses(references) }
    const parts = documents.map((document) => partOf(document, notes, tools))
    return {
      components: distinct(parts.flatMap(({ components }) => components)),
      operations: distinct(parts.flatMap(({ operations = [] }) => operations)),
      calls: parts.flatMap(({ calls = [] }) => calls),
      notes: notes.all(),
    }
  },
}

/** What all documents of one reading share. */
interface Tools {
  readonly references: References
  readonly data: DataClasses
}

function isVersion(value: unknown, major: string): boolean {
  return (typeof value === 'string' || typeof value === 'number') && String(value).split('.')[0] === major
}

function partOf(document: SourceDocument, notes: Notes, tools: Tools): ArchitecturePart {
  const root = Field.rootOf(document, notes)
  const servers = serversOf(root)
  const id = idOf(root, servers)
  const security = documentSecurity(root)
  const operations = operationsOf(root, { component: id, basePath: basePathOf(root), security, ...tools })
  const version = root.at('info').at('version').word()
  const traits = traitsOf(operations, limitsCallers(root, tools.references))
  const service: Component = {
    id,
    kind: root.fact('service', 'inferred'),
    ...(version === undefined ? {} : { version: root.at('info').at('version').fact(version) }),
    ...(Object.keys(traits).length === 0 ? {} : { traits }),
    evidence: root.at('info').evidence(),
  }
  const client = clientOf(id, servers)
  return {
    components: client === undefined ? [service] : [service, client],
    operations,
    calls: client === undefined ? [] : [clientCall(client, id, servers)],
  }
}

function idOf(root: Field, servers: readonly Server[]): string {
  const named = root.at('x-service-name').text()
  if (named !== undefined && named !== '') return named
  const inner = innerNameOf(servers[0]?.host ?? '')
  if (inner !== undefined) return inner
  const title = slugOf(root.at('info').at('title').word() ?? '')
  if (title !== '') return title
  root.note('the document has no title; its service is named by its file')
  return slugOf(root.file) || 'service'
}

/** Whoever uses an interface whose address is public; nothing else is known of them. */
function clientOf(id: string, servers: readonly Server[]): Component | undefined {
  const server = servers.find(({ host }) => isPublic(host))
  if (server === undefined) return undefined
  const kind = server.field.fact('client' as const, 'inferred')
  return { id: `clients of ${id}`, kind, evidence: kind.evidence }
}

function isPublic(host: string): boolean {
  return innerNameOf(host) === undefined && !/^(?:localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(host)
}

/** Encrypted where every public address is; one that is not is enough for somebody to use it. */
function clientCall({ id }: Component, to: string, servers: readonly Server[]): Call {
  const open = servers.filter(({ host }) => isPublic(host))
  const plain = open.find(({ encrypted }) => !encrypted)
  const { field } = plain ?? open[0] ?? servers[0] ?? {}
  return {
    from: id,
    to,
    ...(field === undefined
      ? {}
      : {
          protocol: field.fact(plain === undefined ? 'https' : 'http'),
          encrypted: field.fact(plain === undefined),
        }),
    evidence: field?.evidence('inferred') ?? {},
  }
}

/** What all operations agree on, the component does. */
function traitsOf(
  operations: readonly ArchitectureOperation[],
  limited: Field | undefined,
): Partial<Record<Trait, Fact<boolean>>> {
  const [first] = operations
  const traits: Partial<Record<Trait, Fact<boolean>>> = {}
  if (limited !== undefined) traits['rate-limit'] = limited.fact(true, 'inferred')
  if (first?.authentication === undefined) return traits
  const evidence = { ...first.authentication.evidence, how: 'inferred' as const }
  if (operations.every(({ access }) => access?.value === 'consumers')) {
    traits.authenticates = { value: true, evidence }
    if (operations.every(({ authorised }) => authorised?.value === true))
      traits.authorises = { value: true, evidence }
  } else if (operations.every(({ access }) => access?.value === 'public')) {
    traits.authenticates = { value: false, evidence }
  }
  return traits
}

function distinct<Part extends { readonly id: string }>(parts: readonly Part[]): readonly Part[] {
  return [...new Map(parts.toReversed().map((part) => [part.id, part])).values()].toReversed()
}
