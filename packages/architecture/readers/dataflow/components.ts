import type { ArchitectureOperation, Component, Fact, PublishedPort, Trait } from '../../model.ts'
import type { Field } from '../field.ts'
import { slugOf } from '../name.ts'
import { statedAt, type Flow, type Node } from './node.ts'
import { traitLinks, traitTargets, traitWords } from './vocabulary.ts'

/** What is around a node, for the facts that its flows state. */
export interface Surroundings {
  readonly nodes: ReadonlyMap<string, Node>
  readonly from: ReadonlyMap<string, readonly Flow[]>
  readonly to: ReadonlyMap<string, readonly Flow[]>
}

export function componentOf(node: Node, around: Surroundings): Component {
  const { id, kind, field, technology, external, tags } = node
  const ports = portsOf(tags.get('Port'))
  const address = tags.get('URL') ?? tags.get('Host')
  const base: Component = {
    id,
    kind: field.fact(kind),
    ...(technology === undefined ? {} : { technology: field.at('tagged_values').fact(technology) }),
    ...(ports === undefined ? {} : { ports }),
    ...(address?.word() === undefined ? {} : { address: address.fact(address.word() ?? '') }),
    plainSecrets: plainSecretsOf(node, around),
    evidence: field.evidence(),
  }
  if (external) return base
  return {
    ...base,
    published: publishedOf(node, ports, around),
    traits: traitsOf(node, around),
    complete: field.fact(true, 'inferred'),
  }
}

function portsOf(tag: Field | undefined): Fact<readonly string[]> | undefined {
  if (tag === undefined || !tag.present) return undefined
  const ports = Array.isArray(tag.value) ? tag.texts() : [tag.word() ?? ''].filter((port) => port !== '')
  return ports.length === 0 ? undefined : tag.fact(ports)
}

/** An entry point is published at its port; what is none, in a complete model, is not published. */
function publishedOf(
  node: Node,
  ports: Fact<readonly string[]> | undefined,
  around: Surroundings,
): Fact<readonly PublishedPort[]> {
  const evidence = statedAt(node, ['entrypoint']) ?? fromClient(node, around)
  if (evidence === undefined) return node.field.fact([], 'inferred')
  return { value: (ports?.value ?? ['unknown']).map((port) => ({ port })), evidence }
}

function fromClient({ id }: Node, { nodes, to }: Surroundings): Fact<unknown>['evidence'] | undefined {
  const flow = to.get(id)?.find(({ sender }) => nodes.get(sender)?.kind === 'client')
  return flow?.field.evidence('inferred')
}

function traitsOf(node: Node, around: Surroundings): Partial<Record<Trait, Fact<boolean>>> {
  const traits: Partial<Record<Trait, Fact<boolean>>> = {}
  for (const [trait, words] of Object.entries(traitWords) as [Trait, readonly string[]][]) {
    const evidence = statedAt(node, words) ?? statedByFlow(trait, node, around)
    traits[trait] = evidence === undefined ? node.field.fact(false, 'inferred') : { value: true, evidence }
  }
  return traits
}

function statedByFlow(
  trait: Trait,
  { id }: Node,
  { nodes, from }: Surroundings,
): Fact<unknown>['evidence'] | undefined {
  const link = traitLinks.find(([name]) => name === trait)?.[1]
  const target = traitTargets.find(([name]) => name === trait)?.[1]
  const flow = from
    .get(id)
    ?.find(
      ({ words, receiver }) =>
        (link !== undefined && words.has(link)) ||
        (target !== undefined && nodes.get(receiver)?.words.has(target) === true),
    )
  return flow?.field.evidence('inferred')
}

/** Names of tagged values that are credentials; what they hold is never read. */
const secretTag = /pass|secret|token|credential|key/i

function plainSecretsOf(node: Node, { from, to }: Surroundings): Fact<readonly string[]> {
  const evidence = statedAt(node, ['plaintext_credentials'])
  const own = evidence === undefined ? [] : [...node.tags.keys()].filter((key) => secretTag.test(key))
  const named = evidence !== undefined && own.length === 0 ? ['credentials'] : own
  const links = node.external
    ? []
    : [...(from.get(node.id) ?? []), ...(to.get(node.id) ?? [])].filter(({ words }) =>
        words.has('plaintext_credentials_link'),
      )
  const forOthers = links.map(({ sender, receiver }) => `credentials of ${sender} -> ${receiver}`)
  const value = [...new Set([...named, ...forOthers])]
  if (value.length === 0) return node.field.fact([], 'inferred')
  return { value, evidence: evidence ?? links[0]?.field.evidence() ?? node.field.evidence() }
}

/** Operations of the paths that the model lists; it does not list methods. */
export function operationsOf({ id, tags }: Node): readonly ArchitectureOperation[] {
  const guarded = new Map(pathsAt(tags.get('Pre-authorized Endpoints')))
  const paths = new Map([...pathsAt(tags.get('Endpoints')), ...guarded])
  const operations = new Map<string, ArchitectureOperation>()
  for (const [path, field] of paths) {
    const name = slugOf(path) || 'root'
    const authorised = guarded.get(path)
    operations.set(name, {
      id: `${id}.${name}`,
      component: id,
      name,
      http: field.fact(path),
      ...(authorised === undefined ? {} : { authorised: authorised.fact(true) }),
      evidence: field.evidence(),
    })
  }
  return [...operations.values()]
}

function pathsAt(tag: Field | undefined): readonly (readonly [string, Field])[] {
  if (tag === undefined || !tag.present) return []
  const fields = Array.isArray(tag.value) ? tag.items() : [tag]
  return fields.flatMap((field) => {
    const path = field.text()
    return path === undefined ? [] : [[path, field] as const]
  })
}
