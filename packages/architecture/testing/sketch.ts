import {
  defaultDataClasses,
  type Architecture,
  type ArchitectureOperation,
  type Call,
  type Component,
  type ConfigurationObject,
  type Evidence,
  type Fact,
  type NetworkSegment,
  type Zone,
} from '../model.ts'

/** A part of an architecture with plain values where the model has facts. */
type Plain<Part> = { readonly [Key in keyof Part]?: Value<Exclude<Part[Key], undefined>> | undefined }
type Value<Member> =
  Member extends Fact<infer Known> ? Known : Member extends Evidence ? Evidence : NestedFacts<Member>
type NestedFacts<Member> = Member extends readonly unknown[] | string
  ? Member
  : Member extends object
    ? Plain<Member>
    : Member

/** An architecture in few words: components, operations and calls by id (`checkout`, `orders.place`, `orders.place -> payments.charge`). */
export interface Sketch {
  readonly name?: string
  readonly components?: Readonly<Record<string, Plain<Component>>>
  readonly operations?: Readonly<Record<string, Plain<ArchitectureOperation>>>
  readonly calls?: Readonly<Record<string, Plain<Call>>>
  readonly zones?: Readonly<Record<string, Plain<Zone>>>
  readonly objects?: Readonly<Record<string, Plain<ConfigurationObject>>>
  readonly networks?: Readonly<Record<string, Plain<NetworkSegment>>>
  readonly dataClasses?: readonly string[]
}

/** Members of parts that are no facts. */
const bare = new Set(['id', 'component', 'name', 'from', 'to', 'release', 'evidence', 'targets'])
/** Members that hold facts by name. */
const nested = new Set(['hardening', 'traits'])

/** The architecture that a sketch stands for; a component is a service where nothing else is said. */
export function sketch(drawn: Sketch): Architecture {
  const { name = 'example', dataClasses = defaultDataClasses } = drawn
  return {
    format: 'plimsoll/architecture/1',
    name,
    components: parts(drawn.components, (id) => ({ id, kind: fact('service', id, 'kind') })),
    operations: parts(drawn.operations, (id) => {
      const [component, operation] = id.split('.')
      return { id, component, name: operation }
    }),
    calls: parts(drawn.calls, (id) => {
      const [from, to] = id.split(' -> ')
      return { from, to }
    }),
    zones: parts(drawn.zones, (id) => ({ id })),
    ...(drawn.objects === undefined
      ? {}
      : { objects: parts(drawn.objects, (id) => ({ id, kind: id.split(' ')[0], targets: [] })) }),
    ...(drawn.networks === undefined ? {} : { networks: parts(drawn.networks, (id) => ({ id })) }),
    dataClasses,
    notes: [],
  }
}

// oxlint-disable-next-line no-unnecessary-type-parameters -- what is drawn becomes the part that is asked for
function parts<Part>(
  drawn: Readonly<Record<string, object>> = {},
  begin: (id: string) => object,
): readonly Part[] {
  return Object.entries(drawn)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, members]) => ({ ...begin(id), evidence: place(id), ...factsOf(id, members) }) as Part)
}

function factsOf(id: string, members: object): object {
  return Object.fromEntries(
    Object.entries(members).map(([key, value]) => {
      if (bare.has(key) || value === undefined) return [key, value]
      return [key, nested.has(key) ? factsOf(id, value as object) : fact(value, id, key)]
    }),
  )
}

function fact<T>(value: T, id: string, key: string): Fact<T> {
  return { value, evidence: { ...place(id), field: key } }
}

function place(id: string): Evidence {
  return { file: 'example.yaml', field: id }
}
